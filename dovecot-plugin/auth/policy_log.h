/* Log lines of ours in the auth process. Dovecot drops what is below a warning
   there unless auth_verbose is set; a refused login must be found without it. */
#ifndef POLICY_LOG_H
#define POLICY_LOG_H

struct event;

/* `parent` gives the prefix: user, address and session. */
void policy_log_info(struct event *parent, const char *format, ...)
	ATTR_FORMAT(2, 3);

#endif
