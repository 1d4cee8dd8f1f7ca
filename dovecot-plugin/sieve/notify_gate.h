/* Stands before the Sieve command `notify` when its method is mailto: a message
   that goes to another address by itself is a forward, too. Uploading it is
   refused in words; at delivery it is not sent, and the message itself goes its
   way untouched. */
#ifndef NOTIFY_GATE_H
#define NOTIFY_GATE_H

struct sieve_instance;

/* Each instance has its own table of methods. */
void notify_gate_install(struct sieve_instance *svinst);

#endif
