/* See login_decision.h. */
#include "login_decision.h"

#include <string.h>

/* Submission through Dovecot's own submission server is SMTP AUTH too. */
static const struct {
	const char *service;
	enum login_protocol protocol;
} services[] = {
	{ "imap", LOGIN_PROTOCOL_IMAP },
	{ "pop3", LOGIN_PROTOCOL_POP3 },
	{ "sieve", LOGIN_PROTOCOL_SIEVE },
	{ "smtp", LOGIN_PROTOCOL_SMTP },
	{ "submission", LOGIN_PROTOCOL_SMTP },
};

static const char *const off_words[LOGIN_PROTOCOL_COUNT] = {
	[LOGIN_PROTOCOL_IMAP] =
		"IMAP is turned off for this account by the administrator.",
	[LOGIN_PROTOCOL_POP3] =
		"POP3 is turned off for this account by the administrator.",
	[LOGIN_PROTOCOL_SIEVE] =
		"Editing mail filters (ManageSieve) is turned off for this "
		"account by the administrator.",
	[LOGIN_PROTOCOL_SMTP] =
		"Sending mail (SMTP) is turned off for this account by the "
		"administrator.",
};

static const char *const lan_words[LOGIN_PROTOCOL_COUNT] = {
	[LOGIN_PROTOCOL_IMAP] =
		"IMAP is allowed for this account only from the local network.",
	[LOGIN_PROTOCOL_POP3] =
		"POP3 is allowed for this account only from the local network.",
	[LOGIN_PROTOCOL_SIEVE] =
		"Editing mail filters (ManageSieve) is allowed for this "
		"account only from the local network.",
	[LOGIN_PROTOCOL_SMTP] =
		"Sending mail (SMTP) is allowed for this account only from "
		"the local network.",
};

static bool find_protocol(const char *service, enum login_protocol *protocol_r)
{
	size_t i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcmp(services[i].service, service) == 0) {
			*protocol_r = services[i].protocol;
			return true;
		}
	}
	return false;
}

static struct login_decision refused(const char *client, const char *log)
{
	struct login_decision decision = {
		.granted = false, .client_words = client, .log_words = log
	};

	return decision;
}

static struct login_decision
decide_lan(const struct login_policy_snapshot *snapshot,
	   enum login_protocol protocol, const struct login_address *address)
{
	struct login_decision granted = { .granted = true };

	if (address == NULL)
		return refused(lan_words[protocol], "allowed only from the "
			       "LAN, and the client's address is not known");
	if (!login_policy_in_lan(snapshot, address))
		return refused(lan_words[protocol], "allowed only from the "
			       "LAN, and the client is outside it");
	return granted;
}

struct login_decision
login_decide(const struct login_policy_snapshot *snapshot, const char *user,
	     const char *service, const struct login_address *address)
{
	struct login_decision granted = { .granted = true };
	enum login_protocol protocol;
	struct login_policy policy;

	if (!find_protocol(service, &protocol))
		return granted;
	if (snapshot == NULL) {
		return refused("Logging in is not possible at the moment. "
			       "Please try again later.",
			       "there is no login policy snapshot to use");
	}
	login_policy_find(snapshot, user, &policy);
	switch (policy.access[protocol]) {
	case LOGIN_ACCESS_ALLOW:
		return granted;
	case LOGIN_ACCESS_LAN:
		return decide_lan(snapshot, protocol, address);
	case LOGIN_ACCESS_OFF:
		break;
	}
	return refused(off_words[protocol], "turned off by policy");
}
