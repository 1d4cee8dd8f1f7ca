/* See policy_log.h. */
#include "lib.h"

#include "policy_log.h"

void policy_log_info(struct event *parent, const char *format, ...)
{
	struct event *event = event_create(parent);
	va_list args;

	event_set_min_log_level(event, LOG_TYPE_INFO);
	va_start(args, format);
	T_BEGIN {
		e_info(event, "%s", t_strdup_vprintf(format, args));
	} T_END;
	va_end(args);
	event_unref(&event);
}
