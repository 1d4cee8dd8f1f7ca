/* See redirect_gate.h. Pigeonhole looks commands up in sieve_core_commands when
   it compiles, and operations in sieve_operations when it runs a binary: both
   tables get an entry of ours that asks first and then goes on to its own. */
#include "lib.h"
#include "str.h"
#include "str-sanitize.h"
#include "sieve-common.h"
#include "sieve-code.h"
#include "sieve-commands.h"
#include "sieve-actions.h"
#include "sieve-interpreter.h"
#include "sieve-result.h"
#include "sieve-runtime.h"
#include "sieve-validator.h"

#include "forwarding_policy.h"
#include "redirect_gate.h"

#define SHOWN_ADDRESS_LENGTH 128

static struct sieve_command_def gate_command;
static const struct sieve_operation_def *stock_operation = NULL;
static struct sieve_operation_def gate_operation;

static bool
gate_validate(struct sieve_validator *validator, struct sieve_command *cmd)
{
	enum sieve_compile_flags flags =
		sieve_validator_compile_flags(validator);
	enum forwarding forwarding;

	if ((flags & (SIEVE_COMPILE_FLAG_UPLOADED |
		      SIEVE_COMPILE_FLAG_ACTIVATED)) == 0)
		return cmd_redirect.validate(validator, cmd);
	forwarding = forwarding_policy_get(sieve_validator_svinst(validator));
	if (forwarding == FORWARDING_ALLOWED)
		return cmd_redirect.validate(validator, cmd);
	sieve_command_validate_error(validator, cmd, "%s",
				     forwarding_refusal_words(forwarding));
	return FALSE;
}

/* Goes past the operands that the stock operation would have read. */
static int read_operands(const struct sieve_runtime_env *renv,
			 sieve_size_t *address, string_t **recipient_r)
{
	struct sieve_side_effects_list *slist = NULL;
	int ret = SIEVE_EXEC_OK;

	if (sieve_action_opr_optional_read(renv, address, NULL, &ret,
					   &slist) != 0)
		return ret;
	return sieve_opr_string_read(renv, address, "address", recipient_r);
}

static int keep_instead(const struct sieve_runtime_env *renv,
			string_t *recipient)
{
	const char *shown = str_sanitize(str_c(recipient),
					 SHOWN_ADDRESS_LENGTH);

	sieve_runtime_warning(renv, NULL,
		"message kept, not redirected to <%s>: %s", shown,
		forwarding_refusal_words(FORWARDING_OFF));
	e_info(renv->exec_env->svinst->event,
	       "mailreeve: Forwarding refused by policy: "
	       "message kept, not redirected to <%s>", shown);
	return sieve_result_add_keep(renv, NULL) < 0 ?
		SIEVE_EXEC_FAILURE : SIEVE_EXEC_OK;
}

static int
gate_execute(const struct sieve_runtime_env *renv, sieve_size_t *address)
{
	enum forwarding forwarding =
		forwarding_policy_get(renv->exec_env->svinst);
	string_t *recipient;
	int ret;

	if (forwarding == FORWARDING_ALLOWED)
		return stock_operation->execute(renv, address);
	if ((ret = read_operands(renv, address, &recipient)) <= 0)
		return ret;
	if (forwarding == FORWARDING_OFF)
		return keep_instead(renv, recipient);
	/* The sender's server keeps the message and tries again: neither a
	   forward that may be allowed nor the message is lost. */
	sieve_runtime_error(renv, NULL, "%s",
			    forwarding_refusal_words(forwarding));
	return SIEVE_EXEC_TEMP_FAILURE;
}

static void swap_command(const struct sieve_command_def *from,
			 const struct sieve_command_def *to)
{
	unsigned int i;

	for (i = 0; i < sieve_core_commands_count; i++) {
		if (sieve_core_commands[i] == from) {
			sieve_core_commands[i] = to;
			return;
		}
	}
	i_unreached();
}

void redirect_gate_install(void)
{
	if (stock_operation != NULL)
		return;
	gate_command = cmd_redirect;
	gate_command.validate = gate_validate;
	swap_command(&cmd_redirect, &gate_command);

	stock_operation = sieve_operations[SIEVE_OPERATION_REDIRECT];
	i_assert(strcmp(stock_operation->mnemonic, "REDIRECT") == 0);
	gate_operation = *stock_operation;
	gate_operation.execute = gate_execute;
	sieve_operations[SIEVE_OPERATION_REDIRECT] = &gate_operation;
}
