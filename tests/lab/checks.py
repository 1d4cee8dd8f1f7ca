"""How a story states what must be so.

Each statement is printed as one line in the words of the story, so that the log
of a passing story reads like a report. Never swallow a failed statement.
"""

import time


class StoryFailed(AssertionError):
    """What the story says is not so."""


def _shown(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 2000 else text[:2000] + " ..."


def check(sentence, got, want=True):
    """State that `got` equals `want`."""
    if got != want:
        raise StoryFailed(f"{sentence}\n  want: {_shown(want)}\n  got:  {_shown(got)}")
    print(f"  ok  {sentence}", flush=True)


def contains(sentence, text, *parts):
    """State that `text` (str or bytes) holds every one of `parts`."""
    missing = [part for part in parts if part not in text]
    if missing:
        raise StoryFailed(f"{sentence}\n  missing: {missing}\n  in:      {_shown(text)}")
    print(f"  ok  {sentence}", flush=True)


def lacks(sentence, text, *parts):
    """State that `text` (str or bytes) holds none of `parts`."""
    present = [part for part in parts if part in text]
    if present:
        raise StoryFailed(f"{sentence}\n  present: {present}\n  in:      {_shown(text)}")
    print(f"  ok  {sentence}", flush=True)


def wait_for(condition, seconds=20, what="the condition"):
    """Ask `condition` until it answers something true; return that answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise StoryFailed(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)
