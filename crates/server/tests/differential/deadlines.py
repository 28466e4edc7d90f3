"""The dates of `housing-complaint deadlines`, worked out a second time.

Nothing here is taken from the program: the bank holidays are those of the Python package
`holidays`, the times those of the landlords' files, and the counting is written anew. Every day of
five years is compared for every landlord, stage 1 and stage 2 from the same day.

    python deadlines.py --program target/debug/housing-complaint landlords/*.json
"""

import argparse
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import holidays

FIRST, LAST = date(2024, 1, 1), date(2028, 12, 31)
# The program knows bank holidays to the end of 2028, and promises nothing after that.
KNOWN_TO = date(2028, 12, 31)
ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2023, 2031))
# What a landlord's file leaves out is as the Complaint Handling Code has it (6.2 to 6.15).
CODE = {
    "acknowledge": 5,
    "stage1": 10,
    "stage1From": "acknowledgement",
    "stage1Extension": 10,
    "stage2": 20,
    "stage2From": "acknowledgement",
    "stage2Extension": 20,
}
DAY = timedelta(days=1)
# One in so many days is asked for by itself as well, as a person would.
SAMPLE = 61


def is_working_day(day):
    return day.weekday() < 5 and day not in ENGLAND


def after(day, working_days):
    """The last day of so many working days; the day itself never counts."""
    while working_days > 0:
        day += DAY
        if is_working_day(day):
            working_days -= 1
    return day


def stage(received, times, name):
    acknowledge = after(received, times["acknowledge"])
    start = received if times[f"{name}From"] == "receipt" else acknowledge
    respond = after(start, times[name])
    return acknowledge, respond, after(respond, times[f"{name}Extension"])


def expected(received, times):
    """The dates by their names in the output; None where not all can be promised."""
    one, two = stage(received, times, "stage1"), stage(received, times, "stage2")
    if max(one + two) > KNOWN_TO:
        return None
    names = [
        "acknowledge_by",
        "stage_1_response_by",
        "stage_1_extended_by",
        "stage_2_acknowledge_by",
        "stage_2_response_by",
        "stage_2_extended_by",
    ]
    return {name: day.isoformat() for name, day in zip(names, one + two)}


def every_day():
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY


def run(program, landlord, *options, lines=""):
    command = [program, "deadlines", "--landlord", landlord, *options]
    return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120)


def all_at_once(program, landlord, times):
    """Every day in one run; returns how many differ, and how many have no dates."""
    days = list(every_day())
    done = run(program, landlord, "--received", "-", lines="".join(f"{it} {it}\n" for it in days))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    wrong, beyond = 0, 0
    if len(answers) != len(days):
        print(f"{landlord}: {len(answers)} lines for {len(days)} days; {done.stderr.strip()}")
        wrong += 1
    for day, answer in zip(days, answers):
        dates = expected(day, times)
        if dates is None:
            beyond += 1
            dates = {"bank_holidays_known_to": KNOWN_TO.isoformat()}
        wanted = {"received": day.isoformat(), **dates}
        if answer != wanted:
            wrong += 1
            print(f"{landlord}: {day}: the program says {answer}, and it should be {wanted}")
    # A run in which a day had no dates is a failure, said in one sentence.
    if done.returncode != 1 or str(KNOWN_TO) not in done.stderr:
        wrong += 1
        print(f"{landlord}: ended with {done.returncode} and {done.stderr.strip()!r}")
    return wrong, beyond


def one_by_one(program, landlord, times):
    """A sample of days, and the days around the end, each in a run of its own."""
    days = list(every_day())
    sample = days[::SAMPLE] + days[-75::5]
    wrong = 0
    for day in sample:
        options = ["--received", str(day), "--stage-2-received", str(day)]
        done = run(program, landlord, *options)
        dates = expected(day, times)
        if dates is None:
            is_right = done.returncode == 1 and not done.stdout and str(KNOWN_TO) in done.stderr
        else:
            is_right = done.returncode == 0 and json.loads(done.stdout) == dates
        if not is_right:
            wrong += 1
            print(f"{landlord}: {day} by itself: {done.stdout}{done.stderr}, not {dates}")
    return wrong, len(sample)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("landlords", nargs="+")
    options = parser.parse_args()
    wrong, days, runs = 0, 0, 0
    for landlord in options.landlords:
        file = json.loads(Path(landlord).read_text(encoding="utf-8"))
        times = CODE | file.get("times", {})
        differ, beyond = all_at_once(options.program, landlord, times)
        # A test that never meets the end of the calendar would not notice a promise beyond it.
        if not 0 < beyond < 120:
            differ += 1
            print(f"{landlord}: {beyond} days without dates")
        single, sampled = one_by_one(options.program, landlord, times)
        wrong += differ + single
        days += len(list(every_day()))
        runs += sampled
    print(
        f"deadlines: {days} days of {len(options.landlords)} landlords in one run each and {runs} "
        f"in runs of their own, {wrong} wrong (holidays {holidays.__version__})"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
