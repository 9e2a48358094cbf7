#!/bin/sh
# The tables of docs/attacks.md: patches of the embedded model by several methods, each attacked with the quick budget.
#
#   bench/attacks.sh FOLDER        then        python bench/attacks_table.py FOLDER
#
# Goes on where it was stopped: patches, images and results are kept. Variables: FMN, the program (./fmn); RUN, what each
# command is run by, such as nice; PATCHES, lines of "concept: method..", where default and robust are fmn forget without
# --method.
set -eu
[ $# -eq 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
fmn=${FMN:-$root/fmn}
run=${RUN:-}
export FMN_STORE="${FMN_STORE:-$folder/store}"

log() {
  echo "$(date +%H:%M) $1" | tee -a "$folder/log.txt"
}

one() {
  name=$(echo "$1" | tr ' ' '-')-$2
  [ ! -f "$folder/$name/report.json" ] || return 0
  case $2 in
    default) how= ;;
    robust) how=--robust ;;
    *) how="--method $2" ;;
  esac
  if [ ! -f "$folder/$name.fmnpatch" ]; then
    # shellcheck disable=SC2086 # both are words, or nothing
    $run "$fmn" forget "$1" $how --no-report -o "$folder/$name.fmnpatch" >"$folder/$name.forget.txt" 2>&1 ||
      { log "$name: fmn forget failed, see $name.forget.txt"; return 0; }
  fi
  from=$(date +%s)
  # shellcheck disable=SC2086
  if $run "$fmn" attack "$1" --patch "$folder/$name.fmnpatch" --unsigned allow --budget quick -o "$folder/$name" \
    >"$folder/$name.attack.txt" 2>&1; then
    log "$name: attacked in $(($(date +%s) - from)) s"
  else
    log "$name: fmn attack failed, see $name.attack.txt"
  fi
}

echo "${PATCHES:-
merlin: oblique uce rece resteer esd ablate default robust
soccer ball: oblique uce rece resteer esd ablate
sketch: oblique uce rece resteer esd ablate
soccer ball: default robust
sketch: default robust}" | while IFS=: read -r concept methods; do
  for method in $methods; do
    one "$concept" "$method" </dev/null
  done
done
