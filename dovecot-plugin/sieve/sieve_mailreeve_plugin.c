/* Sieve plugin "mailreeve": refuses automatic forwards for accounts whose policy
   forbids them, when a script is uploaded and when mail is delivered.

   plugin {
     sieve_plugins = sieve_mailreeve
     mailreeve_login_policy = /var/lib/mailreeve/login-policy
   }

   Pigeonhole 0.5 calls a plugin's load function for each Sieve instance and
   never its init function. */
#include "lib.h"
#include "sieve-common.h"

#include "forwarding_policy.h"
#include "notify_gate.h"
#include "redirect_gate.h"

void sieve_mailreeve_plugin_load(struct sieve_instance *svinst, void **context);
void sieve_mailreeve_plugin_unload(struct sieve_instance *svinst,
				   void *context);
void sieve_mailreeve_plugin_init(void);
void sieve_mailreeve_plugin_deinit(void);

extern const char *sieve_mailreeve_plugin_version;
const char *sieve_mailreeve_plugin_version = PIGEONHOLE_ABI_VERSION;

void sieve_mailreeve_plugin_load(struct sieve_instance *svinst, void **context)
{
	redirect_gate_open();
	notify_gate_open(svinst);
	*context = NULL;
}

void sieve_mailreeve_plugin_unload(struct sieve_instance *svinst,
				   void *context ATTR_UNUSED)
{
	notify_gate_close(svinst);
}

void sieve_mailreeve_plugin_init(void)
{
	/* Its presence is demanded. */
}

/* Called before the module leaves memory. */
void sieve_mailreeve_plugin_deinit(void)
{
	redirect_gate_close();
	forwarding_policy_deinit();
}
