"""Tells one story: a world is started, the story's function runs in it, the logs
of a failed one are shown. Called inside the world's namespaces by tests/e2e/run;
ends with 0 when all that the story says is so, else 1.
"""

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
import traceback

from .checks import StoryFailed
from .world import World


def load(path):
    spec = importlib.util.spec_from_file_location("story", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.dirname(path))
    spec.loader.exec_module(module)
    return module


def prepare():
    """A /run of the world's own; an end to the world when somebody asks for it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "lab", "/run"], check=True)
    os.makedirs("/run/lab")

    def end(*_):
        raise SystemExit(130)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def tell(path, stage, logs, shell):
    story = load(path)
    print(f"{os.path.basename(os.path.dirname(path))}\n  "
          + story.__doc__.strip().replace("\n", "\n  "), flush=True)
    world = World(stage)
    try:
        begun = time.monotonic()
        world.start()
        print(f"  --  the world stands after {time.monotonic() - begun:.1f} s", flush=True)
        story.story(world)
        alarms = world.alarms()
        if alarms:
            raise StoryFailed("the logs hold alarms:\n  " + "\n  ".join(alarms[:20]))
        print(f"  --  told in {time.monotonic() - begun:.1f} s", flush=True)
        return 0
    except Exception as problem:
        if isinstance(problem, StoryFailed):
            place = next((frame for frame in traceback.extract_tb(problem.__traceback__)
                          if frame.filename == path), None)
            where = f" (line {place.lineno})" if place else ""
            print(f"  NO  {problem}{where}", flush=True)
        else:
            traceback.print_exc()
        world.print_logs()
        if logs:
            world.keep_logs(logs)
        if shell and world.mail.pid:
            print("A shell on the mail host; exit ends the world.", flush=True)
            subprocess.run(world.mail.command(["bash", "-i"]))
        return 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("story")
    parser.add_argument("--stage")
    parser.add_argument("--logs", help="where the logs of a failure are kept")
    parser.add_argument("--shell", action="store_true")
    options = parser.parse_args()
    prepare()
    try:
        code = tell(options.story, options.stage, options.logs, options.shell)
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    sys.stderr.flush()
    # Leave without waiting for anybody: the kernel ends whoever is left.
    os._exit(code)


if __name__ == "__main__":
    main()
