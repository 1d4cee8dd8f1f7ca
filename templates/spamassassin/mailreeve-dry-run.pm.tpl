# {{HEADER}}
# A plugin for SpamAssassin, loaded by mailreeve.cf. `mgmtctl explain` and
# `mgmtctl test` ask spamd about messages that nobody has sent: nothing is to be
# learned from these. The protocol has no word for that, so the first field says
# it; in front of mail that was sent milterd writes others.
package MailreeveDryRun;

use strict;
use warnings;

use Mail::SpamAssassin::Plugin;

our @ISA = ('Mail::SpamAssassin::Plugin');

sub check_start {
  my ($self, $options) = @_;
  my $status = $options->{permsgstatus};
  my $header = $status->get_message()->get_pristine_header();
  $status->{disable_auto_learning} = 1
    if $header =~ /\AX-Mailreeve-Dry-Run: yes\r?\n/;
}

1;
