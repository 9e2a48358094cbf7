"""The tables of docs/attacks.md, as Markdown, of the reports that bench/attacks.sh left in a folder.

    python bench/attacks_table.py FOLDER [docs/attacks.md]

With a page they take the place of what stands between its two comments.
"""

import csv
import json
import pathlib
import sys

NOT_TESTED = "–"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->"
METHODS = ["oblique", "uce", "rece", "resteer", "esd", "ablate", "default", "robust"]


def patches(folder):
    """Reports by concept and method."""
    found = {}
    for file in sorted(folder.glob("*/report.json")):
        report = json.loads(file.read_text())
        concept = report["targets"][0]["name"]
        method = file.parent.name[len(concept) + 1 :]
        found.setdefault(concept, {})[method] = (report, file.parent)
    return {
        concept: dict(sorted(reports.items(), key=lambda one: METHODS.index(one[0])))
        for concept, reports in found.items()
    }


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
    rows = [f"**{concept}**", ""]
    rows.append("| attack | ceiling | highest floor | " + " | ".join(f"`{method}`" for method in methods) + " |")
    rows.append("|---|---|---|" + "---|" * len(methods))
    for key in keys:
        row = [lines(reports[method][0]).get(key) for method in methods]
        asked = [line for line in row if line and "question" in line]
        ceiling = count(asked[0]["original"]) if asked else ""
        floor = max((line["question"]["floor"] for line in asked), key=lambda one: one["k"] / one["n"], default=None)
        cells = [" ".join(filter(None, [f"`{key[0]}`", key[1]])), ceiling, count(floor) if floor else "", *map(cell, row)]
        rows.append("| " + " | ".join(cells) + " |")
    folders = [folder for _, folder in reports.values()]
    others = ["neighbours that stay", kept(folders[0], "original"), "", *(kept(one, "patched") for one in folders)]
    rows.append("| " + " | ".join(others) + " |")
    return "\n".join(rows) + "\n"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    text = "\n".join(table(*one) for one in patches(pathlib.Path(sys.argv[1])).items())
    if len(sys.argv) == 2:
        print(text)
        return
    page = pathlib.Path(sys.argv[2])
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


main()
