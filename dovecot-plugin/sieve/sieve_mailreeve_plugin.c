/* Sieve plugin "mailreeve": refuses automatic forwards for accounts whose policy
   forbids them, when a script is uploaded and when mail is delivered.

   plugin {
     sieve_plugins = sieve_mailreeve
     mailreeve_login_policy = /var/lib/mailreeve/login-policy
   }

   Pigeonhole 0.5 opens and closes a plugin around every delivery and calls its
   load function for each Sieve instance, but never its init and deinit. This
   module is linked to stay in memory once opened (-z nodelete): what it put
   into Pigeonhole's tables stays valid, and the last good snapshot stays at
   hand from one delivery to the next. */
#include "lib.h"
#include "sieve-common.h"

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
	redirect_gate_install();
	notify_gate_install(svinst);
	*context = NULL;
}

/* The loader demands that these are there. */
void sieve_mailreeve_plugin_unload(struct sieve_instance *svinst ATTR_UNUSED,
				   void *context ATTR_UNUSED)
{
}

void sieve_mailreeve_plugin_init(void)
{
}

void sieve_mailreeve_plugin_deinit(void)
{
}
