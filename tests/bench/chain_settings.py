#!/usr/bin/python3
"""chain_settings.py [--clamd SOCKET] [--spamd SOCKET] [--greylist] > DIRECTORY/mail.yaml

Settings for a run of the whole chain over the benchmark's mix: lists, SPF, DKIM, DMARC,
ARC and signing as they are by default, but nothing is refused or held, because every stack
of the comparison must pass every message on. The lists are as long as the ones its rspamd
gets: 10,000 sender addresses and 2,000 networks, of which none fits the mix.
"""
import argparse
import random
import sys

HEAD = '''\
server: {hostname: mx.bench.test}
domains: [{name: bench.test}]
networks: {trusted: [192.0.2.0/24]}
dns: {forwarders: [127.0.0.1]}
authentication_checks:
  spf: {fail: accept, temperror: defer}
  dmarc: {reject: accept, quarantine: accept, no_author: accept, temperror: defer}
'''

ANTIVIRUS = '''\
antivirus:
  engine: clamav
  action: deliver
  outbound_action: as_inbound
  clamd: {socket: %s}
'''

# As the milter of SpamAssassin it is compared with: inbound only, 500 kB at most.
SPAM = '''\
spam:
  enabled: true
  server: %s
  user: nobody
  max_requests: 4
  max_size: 500K
  on_failure: defer
'''

GREYLISTING = '''\
greylisting: {enabled: true, delay_seconds: 1, auto_pass_after: 0, max_records: 1000000}
'''


def lists():
    draw = random.Random(7)
    yield 'lists:\n  block:\n'
    for n in range(10_000):
        yield f'    - {{name: sender {n}, sender: bad{draw.getrandbits(32):08x}@evil{n}.example}}\n'
    for n in range(2_000):
        yield f'    - {{name: network {n}, network: 10.{n >> 8}.{n & 255}.0/24}}\n'


def settings(clamd=None, spamd=None, greylist=False):
    return ''.join([HEAD, ANTIVIRUS % clamd if clamd else '', SPAM % spamd if spamd else '',
                    GREYLISTING if greylist else '', *lists()])


def main():
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument('--clamd', metavar='SOCKET')
    command.add_argument('--spamd', metavar='SOCKET')
    command.add_argument('--greylist', action='store_true')
    sys.stdout.write(settings(**vars(command.parse_args())))


if __name__ == '__main__':
    main()
