"""The lab: an isolated little internet with a real mail host in it.

Stories import from here. Nothing in this package knows a particular story, and
nothing in it replaces a server: Postfix, Dovecot and unbound are the packaged
ones, our own programs are those of the install tree.
"""

from .checks import StoryFailed, check, contains, lacks, wait_for
from .messages import compose
from .world import World

__all__ = ["StoryFailed", "World", "check", "compose", "contains", "lacks", "wait_for"]
