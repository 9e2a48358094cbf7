"""The tables of docs/attacks.md, as Markdown, of the reports that bench/attacks.sh left in a folder.

    python bench/attacks_table.py FOLDER
"""

import csv
import json
import pathlib
import sys

NOT_TESTED = "–"


def patches(folder):
    """Reports by concept and method, in the order of the log."""
    found = {}
    for file in sorted(folder.glob("*/report.json"), key=lambda one: one.stat().st_mtime):
        report = json.loads(file.read_text())
        concept = report["targets"][0]["name"]
        method = file.parent.name[len(concept) + 1 :]
        found.setdefault(concept, {})[method] = (report, file.parent)
    return found


def lines(report):
    """What came back, by attack and variant."""
    measures = [line for part in report["parts"] for line in part["measures"]]
    return {(line["measure"], line.get("part", "")): line for line in measures}


def count(reading):
    return f'{reading["k"]}/{reading["n"]}'


def cell(line):
    if line is None:
        return NOT_TESTED
    if "question" not in line:  # a control that scores no images
        return count(line["patched"])
    text = count(line["patched"])
    verdict = line["question"]["verdict"]
    if verdict == "REACHED":
        return f"**{text}**"
    return f"({text})" if verdict == "NO BASELINE" else text


def kept(folder, state):
    """Neighbours that the judge which scores still names, of all that are drawn."""
    right = total = 0
    with open(folder / "results.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["set"].split("/")[0] in ("similar", "random") and row["state"] == state:
                total += 1
                right += row["B_label"] == row["expected"] and row["B_abstained"] == "false"
    return f"{right}/{total}"


def table(concept, reports):
    methods = list(reports)
    keys = []
    for report, _ in reports.values():
        keys += [key for key in lines(report) if key not in keys]
    print(f"\n**{concept}**\n")
    print("| attack | ceiling | floor, the most | " + " | ".join(methods) + " |")
    print("|---|---|---|" + "---|" * len(methods))
    for key in keys:
        row = [lines(reports[method][0]).get(key) for method in methods]
        asked = [line for line in row if line and "question" in line]
        ceiling = count(asked[0]["original"]) if asked else ""
        floor = max((line["question"]["floor"] for line in asked), key=lambda one: one["k"] / one["n"], default=None)
        cells = [ceiling, count(floor) if floor else "", *map(cell, row)]
        print(f"| {' '.join(filter(None, [f'`{key[0]}`', key[1]]))} | " + " | ".join(cells) + " |")
    folders = [folder for _, folder in reports.values()]
    print(f"| neighbours that stay | {kept(folders[0], 'original')} | | " + " | ".join(kept(one, "patched") for one in folders) + " |")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for concept, reports in patches(pathlib.Path(sys.argv[1])).items():
        table(concept, reports)


main()
