"""What the mail filter benchmark's stacks.py needs to measure Mailreeve as a whole.

Two lines at its end:

    import chain_stacks
    chain_stacks.add(globals())

with this folder in PYTHONPATH and `-o build=DIRECTORY`, where milterd, policyd, mgmtd and
mgmtctl were built. The keys are imported from the mix by mgmtctl, as an administrator would,
and each run starts from an empty state.
"""
import os
import random
import shutil
import sqlite3
import subprocess
import time

import chain_settings

RECIPIENTS = 200


class Instance:
    """State and settings of one run, below `c.dir`; `c` is what stacks.py calls it."""

    def __init__(self, c, **settings):
        self.c = c
        self.build = c.opt['build']
        self.state = f'{c.dir}/mailreeve/state'
        self.run = f'{c.dir}/mailreeve/run'
        self.yaml = f'{self.state}/generations/1/yaml'
        for made in (self.yaml, f'{self.state}/db', self.run):
            os.makedirs(made)
        os.makedirs(f'{self.state}/dkim', mode=0o700)
        os.symlink('1', f'{self.state}/generations/current')
        with open(f'{self.yaml}/mail.yaml', 'w', encoding='utf-8') as out:
            out.write(chain_settings.settings(**settings))

    def where(self):
        return ['--state-dir', self.state, '--run-dir', self.run]

    def import_keys(self, pair):
        """RSA is the mix' own key, whose record is in its zone; Ed25519 is made here."""
        keys = f'{self.c.dir}/mailreeve/keys'
        os.makedirs(keys)
        shutil.copy(f'{self.c.mix}/keys/bench.test.pem', f'{keys}/k1')
        if pair:
            subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-out', f'{keys}/e1'], check=True)
        for name in os.listdir(keys):
            os.chmod(f'{keys}/{name}', 0o600)
        names = ['k1', 'e1'] if pair else ['k1']
        table = self.c.write('mailreeve/KeyTable', ''.join(f'{n} bench.test:{n}:{keys}/{n}\n' for n in names))
        signing = self.c.write('mailreeve/SigningTable', ''.join(f'*@bench.test {n}\n' for n in names))
        self.ask(['dkim', 'import', '--key-table', table, '--signing-table', signing, '--yes', *(['--force'] if pair else [])])

    def add_accounts(self, addresses):
        rows = ''.join(f'{a},{{SHA512-CRYPT}}$6$0123456789abcdef$' + 'x' * 86 + '\n' for a in addresses)
        table = self.c.write('mailreeve/accounts.csv', 'address,password_hash\n' + rows)
        # Without mgmt-helper, which would tell Dovecot, they are added and not enabled.
        self.ask(['account', 'import', table], check=False)
        with sqlite3.connect(f'{self.state}/db/state.db') as database:
            database.execute('UPDATE account SET enabled = 1')

    def ask(self, command, check=True):
        """mgmtctl with a mgmtd of its own, which is not measured."""
        with open(f'{self.c.dir}/log/mgmtd', 'a', encoding='utf-8') as log:
            mgmtd = subprocess.Popen([f'{self.build}/mgmtd/mgmtd', *self.where(), '--log', 'stderr'], stderr=log)
            try:
                self.await_file(f'{self.run}/mgmtd.ctl')
                subprocess.run([f'{self.build}/mgmtd/cli/mgmtctl', *self.where(), *command], check=check, stdout=log, stderr=subprocess.STDOUT)
            finally:
                mgmtd.terminate()
                mgmtd.wait()

    @staticmethod
    def await_file(path):
        end = time.time() + 30
        while not os.path.exists(path):
            if time.time() > end:
                raise RuntimeError(f'{path} does not appear')
            time.sleep(.02)

    def start(self, program, folder):
        socket = self.c.sock(program)
        self.c.start(program, [*self.c.opt.get('under', '').split(), f'{self.build}/{folder}/{program}', '--settings', f'{self.state}/generations/current/yaml',
                               *self.where(), '--listen', f'unix:{socket}', '--socket-mode', '0666', '--log', 'stderr'])
        self.c.wait(f'unix:{socket}')
        return f'unix:{socket}'


def mail(c, pair=False, **settings):
    instance = Instance(c, **settings)
    instance.import_keys(pair)
    return {'smtpd_milters': instance.start('milterd', 'milter')}


def with_policyd(c):
    instance = Instance(c)
    instance.import_keys(True)
    policy = instance.start('policyd', 'policyd')
    return {'smtpd_milters': instance.start('milterd', 'milter'),
            'smtpd_recipient_restrictions': f'check_policy_service {policy}'}


def word(number):
    """Letters only: greylisting takes runs of digits for serial numbers."""
    out = ''
    while number or not out:
        number, digit = divmod(number, 26)
        out += chr(ord('a') + digit)
    return out


def manifest(folder, rows, known, new):
    """One line for each request: `new` of 100 come from a sender that was never seen, the
    others from one of `known`, the first of them far more often than the last."""
    draw = random.Random(4)
    os.makedirs(folder)
    recipients = [f'{word(n)}@bench.test' for n in range(RECIPIENTS)]
    with open(f'{folder}/manifest.tsv', 'w', encoding='utf-8') as out:
        for n in range(rows):
            if draw.random() * 100 < new:
                who = f'new.{word(n)}'
            else:
                n = min(int(draw.paretovariate(.6)) - 1, known - 1) if new >= 0 else n
                who = f'known.{word(n)}'
            out.write(f'x.eml\t{who}@s{n % 12:02d}.example\t{recipients[n % RECIPIENTS]}\t203.0.113.{n % 200 + 1}'
                      f'\thost{n % 200 + 1}.mail.example\n')


def greylisting(c, new, known=20_000):
    """policyd when `known` senders have waited."""
    instance = Instance(c, greylist=True)
    instance.add_accounts(f'{word(n)}@bench.test' for n in range(RECIPIENTS))
    target = instance.start('policyd', 'policyd')
    manifest(f'{c.dir}/known', known, known, -1)
    for _ in range(2):
        subprocess.run([c.bin('policyload'), '-t', target, '-m', f'{c.dir}/known/manifest.tsv', '-c', '8', '-n', str(known)],
                       check=True, stdout=subprocess.DEVNULL)
        time.sleep(3)
    c.mix = f'{c.dir}/asked'
    manifest(c.mix, 600_000, known, new)
    return target


def spamd(c, site):
    """As the benchmark starts it for spamass-milter."""
    socket, home, children = c.sock('spamd'), f'{c.dir}/sa/home', c.opt.get('sa_children', '4')
    c.start('spamd', ['spamd', '-L', '-x', f'--siteconfigpath={site}', f'--socketpath={socket}', '--socketmode=0666',
                      f'--max-children={children}', f'--min-children={children}', '-s', 'null', '-u', 'nobody', '-H', home],
            env={'HOME': home})
    c.wait(f'unix:{socket}')
    return socket


def add(stacks):
    """Into the tables of stacks.py, behind what is there."""
    def scanners(spam):
        def stack(c):
            stacks['clamd'](c)
            used = {'clamd': c.sock('clamd')}
            if spam:
                used['spamd'] = spamd(c, stacks['sa_home'](c))
            return mail(c, **used)
        return stack

    stacks['STACKS'].update({
        'mailreeve': (mail, 10),
        'mailreeve-pair': (lambda c: mail(c, pair=True), 10),
        'mailreeve+policyd': (with_policyd, 10),
        'mailreeve+clamav': (scanners(spam=False), 5),
        'mailreeve+clamav+sa': (scanners(spam=True), 1),
    })
    stacks['POLICY'].update({
        'mailreeve-lists': (lambda c: Instance(c).start('policyd', 'policyd'), 500_000),
        'mailreeve-greylist': (lambda c: greylisting(c, 10), 500_000),
        'mailreeve-greylist-known': (lambda c: greylisting(c, 0), 500_000),
        'mailreeve-greylist-new': (lambda c: greylisting(c, 100), 500_000),
    })
