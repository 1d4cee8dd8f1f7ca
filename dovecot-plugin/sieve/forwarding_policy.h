/* May this user's mail be forwarded automatically? From the login policy
   snapshot that plugin { mailreeve_login_policy } names, live at each asking. */
#ifndef FORWARDING_POLICY_H
#define FORWARDING_POLICY_H

struct sieve_instance;

enum forwarding {
	FORWARDING_ALLOWED,
	FORWARDING_OFF,
	/* There is no snapshot to ask, and the log says so. */
	FORWARDING_UNKNOWN
};

enum forwarding forwarding_policy_get(struct sieve_instance *svinst);

/* What a script's author is told of a refusal. */
const char *forwarding_refusal_words(enum forwarding forwarding);

#endif
