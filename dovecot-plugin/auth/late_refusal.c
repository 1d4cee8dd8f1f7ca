/* See late_refusal.h. */
#include "lib.h"
#include "array.h"
#include "hash.h"
#include "auth-common.h"
#include "auth-request.h"
#include "auth-fields.h"
#include "auth-request-handler-private.h"

#include "policy/login_decision.h"
#include "late_refusal.h"
#include "policy_log.h"

/* Hidden: these fields never leave the auth process. */
#define FIELD_CLIENT_WORDS "mailreeve_client_words"
#define FIELD_LOG_WORDS "mailreeve_log_words"

/* Every handler of the process has the same one. */
static auth_request_handler_reply_callback_t *next_reply_callback = NULL;

static void refuse(struct auth_request *request, const char *client_words)
{
	const char *log_words =
		auth_fields_find(request->fields.extra_fields, FIELD_LOG_WORDS);

	policy_log_info(request->mech_event, "Login refused: %s: %s",
			request->fields.service, log_words);
	auth_request_set_field(request, "reason", client_words, NULL);
	auth_request_set_field(request, "nodelay", "", NULL);
	request->passdb_result = PASSDB_RESULT_USER_DISABLED;
	request->failed = TRUE;
}

static void
late_refusal_reply(struct auth_request *request, enum auth_client_result result,
		   const void *auth_reply, size_t reply_size)
{
	const char *client_words = NULL;

	if (result == AUTH_CLIENT_RESULT_SUCCESS) {
		client_words = auth_fields_find(request->fields.extra_fields,
						FIELD_CLIENT_WORDS);
	}
	if (client_words == NULL) {
		next_reply_callback(request, result, auth_reply, reply_size);
		return;
	}
	refuse(request, client_words);
	next_reply_callback(request, AUTH_CLIENT_RESULT_FAILURE, "", 0);
}

void late_refusal_mark(struct auth_request *request,
		       const struct login_decision *decision)
{
	struct auth_request_handler *handler = request->handler;

	auth_fields_add(request->fields.extra_fields, FIELD_CLIENT_WORDS,
			decision->client_words, AUTH_FIELD_FLAG_HIDDEN);
	auth_fields_add(request->fields.extra_fields, FIELD_LOG_WORDS,
			decision->log_words, AUTH_FIELD_FLAG_HIDDEN);
	if (handler->reply_callback == late_refusal_reply)
		return;
	i_assert(next_reply_callback == NULL ||
		 next_reply_callback == handler->reply_callback);
	next_reply_callback = handler->reply_callback;
	handler->reply_callback = late_refusal_reply;
}
