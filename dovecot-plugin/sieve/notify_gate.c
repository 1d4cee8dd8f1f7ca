/* See notify_gate.h. */
#include "lib.h"
#include "sieve-common.h"
#include "sieve-error.h"
#include "sieve-extensions.h"
#include "sieve-ext-enotify.h"

#include "forwarding_policy.h"
#include "notify_gate.h"

/* Exported by Pigeonhole, though no installed header declares it. */
const struct sieve_enotify_method *
ext_enotify_method_find(const struct sieve_extension *ntfy_ext,
			const char *identifier);

static const struct sieve_enotify_method_def *stock = NULL;
static struct sieve_enotify_method_def gate;

static bool may_notify(struct sieve_instance *svinst)
{
	return forwarding_policy_get(svinst) == FORWARDING_ALLOWED;
}

/* A script that is being delivered with was accepted before: what counts then
   is what it does. */
static bool
gate_compile_check_uri(const struct sieve_enotify_env *nenv, const char *uri,
		       const char *uri_body)
{
	enum forwarding forwarding = FORWARDING_ALLOWED;

	if (nenv->svinst->env_location != SIEVE_ENV_LOCATION_MDA)
		forwarding = forwarding_policy_get(nenv->svinst);
	if (forwarding != FORWARDING_ALLOWED) {
		sieve_enotify_error(nenv, "%s",
				    forwarding_refusal_words(forwarding));
		return FALSE;
	}
	return stock->compile_check_uri(nenv, uri, uri_body);
}

static bool
gate_runtime_check_uri(const struct sieve_enotify_env *nenv, const char *uri,
		       const char *uri_body)
{
	return may_notify(nenv->svinst) &&
		stock->runtime_check_uri(nenv, uri, uri_body);
}

static const char *
gate_runtime_get_method_capability(const struct sieve_enotify_env *nenv,
				   const char *uri, const char *uri_body,
				   const char *capability)
{
	if (!may_notify(nenv->svinst))
		return NULL;
	return stock->runtime_get_method_capability(nenv, uri, uri_body,
						    capability);
}

static int
gate_action_execute(const struct sieve_enotify_exec_env *nenv,
		    const struct sieve_enotify_action *nact)
{
	enum forwarding forwarding = forwarding_policy_get(nenv->svinst);

	if (forwarding == FORWARDING_ALLOWED)
		return stock->action_execute(nenv, nact);
	sieve_enotify_warning(nenv, "notification not sent: %s",
			      forwarding_refusal_words(forwarding));
	e_info(nenv->svinst->event, "mailreeve: Forwarding refused by policy: "
	       "mailto notification not sent");
	return 0;
}

/* NULL where enotify is not there. */
static struct sieve_enotify_method *find_mailto(struct sieve_instance *svinst)
{
	const struct sieve_extension *enotify =
		sieve_extension_get_by_name(svinst, "enotify");

	if (enotify == NULL || enotify->context == NULL)
		return NULL;
	/* An element of the instance's own array, const only in passing. */
	return (struct sieve_enotify_method *)
		ext_enotify_method_find(enotify, "mailto");
}

void notify_gate_install(struct sieve_instance *svinst)
{
	struct sieve_enotify_method *mailto = find_mailto(svinst);

	if (mailto == NULL || mailto->def == &gate)
		return;
	if (stock == NULL) {
		stock = mailto->def;
		gate = *stock;
		gate.compile_check_uri = gate_compile_check_uri;
		gate.runtime_check_uri = gate_runtime_check_uri;
		gate.runtime_get_method_capability =
			gate_runtime_get_method_capability;
		gate.action_execute = gate_action_execute;
	}
	mailto->def = &gate;
}
