/* passdb driver "mailreeve": refuses a login whose password is right but which
   the account's policy forbids. It stands behind the password databases and
   never verifies a password itself:

   passdb {
     driver = mailreeve
     args = /var/lib/mailreeve/login-policy
     skip = unauthenticated
     result_success = continue
     result_failure = return-fail
     result_internalfail = return-fail
   }

   A module that Dovecot cannot load, or that takes a struct to be larger than
   Dovecot's own, stops every login. Debian's struct passdb_module lacks members
   that upstream's has under the same ABI version, so this file leaves preinit
   to Dovecot and touches no member but the first, args. */
#include "lib.h"
#include "array.h"
#include "hash.h"
#include "auth-common.h"
#include "passdb.h"
#include "auth-request.h"

#include "policy/login_decision.h"
#include "policy/login_policy_file.h"
#include "late_refusal.h"
#include "policy_log.h"

void authdb_mailreeve_init(void);
void authdb_mailreeve_deinit(void);

static char *snapshot_path = NULL;
static struct login_policy_file snapshot_file;

/* What is to be said about the file concerns no single login. */
static const struct login_policy_snapshot *current_snapshot(void)
{
	const struct login_policy_snapshot *snapshot;

	switch (login_policy_file_refresh(&snapshot_file, &snapshot)) {
	case LOGIN_POLICY_FILE_NO_NEWS:
		break;
	case LOGIN_POLICY_FILE_LOADED:
		i_info("mailreeve: %s", snapshot_file.news);
		break;
	case LOGIN_POLICY_FILE_FAILED:
		i_error("mailreeve: %s", snapshot_file.news);
		break;
	}
	return snapshot;
}

/* FALSE if the client's address is not known. */
static bool
client_address(const struct ip_addr *ip, struct login_address *address_r)
{
	switch (ip->family) {
	case AF_INET:
		*address_r = login_address_ipv4(&ip->u.ip4);
		return TRUE;
	case AF_INET6:
		*address_r = login_address_ipv6(&ip->u.ip6);
		return TRUE;
	default:
		return FALSE;
	}
}

static struct login_decision decide(struct auth_request *request)
{
	struct login_address address;
	bool known = client_address(&request->fields.remote_ip, &address);

	return login_decide(current_snapshot(), request->fields.user,
			    request->fields.service, known ? &address : NULL);
}

static enum passdb_result
refuse_now(struct auth_request *request, const struct login_decision *decision)
{
	policy_log_info(authdb_event(request), "Login refused: %s: %s",
			request->fields.service, decision->log_words);
	auth_request_set_field(request, "reason", decision->client_words, NULL);
	/* A right password is no attack: without this the client would wait,
	   and its address, maybe a whole office, would be slowed down. */
	auth_request_set_field(request, "nodelay", "", NULL);
	return PASSDB_RESULT_USER_DISABLED;
}

static bool password_was_verified(struct auth_request *request)
{
	if (request->fields.skip_password_check)
		return TRUE;
	e_error(authdb_event(request), "The mailreeve passdb must follow the "
		"password databases and have skip = unauthenticated");
	return FALSE;
}

static void
mailreeve_verify_plain(struct auth_request *request,
		       const char *password ATTR_UNUSED,
		       verify_plain_callback_t *callback)
{
	enum passdb_result result = PASSDB_RESULT_OK;
	struct login_decision decision;

	if (!password_was_verified(request)) {
		callback(PASSDB_RESULT_INTERNAL_FAILURE, request);
		return;
	}
	decision = decide(request);
	if (!decision.granted)
		result = refuse_now(request, &decision);
	callback(result, request);
}

static void
mailreeve_lookup_credentials(struct auth_request *request,
			     lookup_credentials_callback_t *callback)
{
	enum passdb_result result = PASSDB_RESULT_OK;
	struct login_decision decision;

	if (!password_was_verified(request)) {
		result = PASSDB_RESULT_INTERNAL_FAILURE;
	} else if (request->mech != NULL) {
		/* Without a mechanism nobody logs in: doveadm auth lookup. */
		decision = decide(request);
		if (!decision.granted && request->handler != NULL)
			late_refusal_mark(request, &decision);
		else if (!decision.granted)
			result = refuse_now(request, &decision);
	}
	callback(result, uchar_empty_ptr, 0, request);
}

static void mailreeve_init(struct passdb_module *module)
{
	if (module->args == NULL || *module->args != '/') {
		i_fatal("passdb mailreeve: args must be the path of the "
			"login policy snapshot");
	}
	if (snapshot_path == NULL) {
		snapshot_path = i_strdup(module->args);
		login_policy_file_init(&snapshot_file, snapshot_path);
	} else if (strcmp(snapshot_path, module->args) != 0) {
		i_fatal("passdb mailreeve: There can be only one login policy "
			"snapshot");
	}
}

static void mailreeve_deinit(struct passdb_module *module ATTR_UNUSED)
{
	if (snapshot_path == NULL)
		return;
	login_policy_file_deinit(&snapshot_file);
	i_free_and_null(snapshot_path);
}

static struct passdb_module_interface passdb_mailreeve = {
	.name = "mailreeve",

	.preinit = NULL,
	.init = mailreeve_init,
	.deinit = mailreeve_deinit,

	.verify_plain = mailreeve_verify_plain,
	.lookup_credentials = mailreeve_lookup_credentials,
	.set_credentials = NULL
};

extern const char *authdb_mailreeve_version;
const char *authdb_mailreeve_version = DOVECOT_ABI_VERSION;

void authdb_mailreeve_init(void)
{
	passdb_register_module(&passdb_mailreeve);
}

void authdb_mailreeve_deinit(void)
{
	passdb_unregister_module(&passdb_mailreeve);
}
