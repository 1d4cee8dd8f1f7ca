/* May this login go ahead, and what is said if not? Two texts, always: one for
   the client, one for the log. Free of Dovecot. */
#ifndef LOGIN_DECISION_H
#define LOGIN_DECISION_H

#include "login_policy.h"

#ifdef __cplusplus
extern "C" {
#endif

struct login_decision {
	bool granted;
	/* Constant texts; NULL when granted. */
	const char *client_words;
	const char *log_words;
};

/* `service` is Dovecot's name of the protocol; one that no policy speaks of is
   granted. `snapshot` may be NULL (there is none: refused), `address` may be
   NULL (not known: outside the LAN). */
struct login_decision
login_decide(const struct login_policy_snapshot *snapshot, const char *user,
	     const char *service, const struct login_address *address);

#ifdef __cplusplus
}
#endif

#endif
