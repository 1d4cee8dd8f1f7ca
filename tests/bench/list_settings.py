#!/usr/bin/python3
"""list_settings.py [ENTRIES] > DIRECTORY/mail.yaml: settings for a run of policyd
whose lists have that many entries (100,000): the kinds list_bench.cpp has, none of
which fits the addresses of the load."""
import sys

HEAD = """\
server: {hostname: mail.bench.test}
domains: [{name: bench.test}]
networks: {trusted: [192.0.2.0/24]}
lists:
"""


def entry(n):
    octets = f'{n >> 14 & 0x7f}.{n >> 7 & 0x7f}.{n & 0x7f}'
    return (f'ip: 100.{octets}',
            f'network: "2001:db8:{n % 9999}::/48"',
            f'sender: "promo{n}*@far.example"' if n % 10 == 2 else f'sender: user{n}@far.example',
            f'sender: "*.d{n}.example"' if n % 10 == 3 else f'sender: "*@d{n}.example"',
            f'recipient: box{n}@bench.test')[n % 5]


def main(entries=100_000):
    out = [HEAD]
    for first, kind in enumerate(('allow', 'block')):
        out.append(f'  {kind}:\n')
        out += [f'    - {{name: entry {n}, {entry(n)}}}\n' for n in range(first, int(entries), 2)]
    sys.stdout.write(''.join(out))


if __name__ == '__main__':
    main(*sys.argv[1:])
