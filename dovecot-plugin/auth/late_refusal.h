/* Refuses a login after its mechanism has succeeded.

   SCRAM and its like ask the password databases for secrets before the client
   has proved anything. A refusal there would tell a stranger what the policy
   of an account is. So the request is marked, and the success that follows a
   right password becomes the refusal. */
#ifndef LATE_REFUSAL_H
#define LATE_REFUSAL_H

struct auth_request;
struct login_decision;

/* `request` must have a handler. */
void late_refusal_mark(struct auth_request *request,
		       const struct login_decision *decision);

#endif
