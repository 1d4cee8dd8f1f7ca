/* Stands before the Sieve command `redirect`.

   Whoever uploads or activates a script that redirects is told it is not
   allowed. A script that has it already (from before the rule, or compiled)
   still runs: its redirect becomes a keep, so that the message is in the INBOX
   whatever else the script does with it, and the rest of the script works. */
#ifndef REDIRECT_GATE_H
#define REDIRECT_GATE_H

/* For the whole process and for good; once is enough, more do no harm. */
void redirect_gate_install(void);

#endif
