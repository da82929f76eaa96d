#!/bin/bash
# Keeps a packet filter in place in the network namespace that it runs in. No code of users ever runs beside it.
#
#   gateway guard TABLE    loads /gateway/rules, and loads it again whenever the kernel has anything else, until it is killed
#   gateway remove TABLE   removes the filter and ends
#
# Questions come as lines of the FIFO /gateway/questions: `check N` asks for a look at the filter now. After each look
# /gateway/report is written anew: the number of the last question, `in-place` or `failed`, how often the filter was found
# changed or missing and put back, the interfaces that lead out, and then the reason of a failure.
set -u
umask 000
export LC_ALL=C
action=$1 table=$2
cd /gateway || exit 1

answered=0 restored=0
loaded_rules='' loaded_uplinks='' expected=''

# Names the interfaces of all default routes, and of routes to one half of all addresses, which tunnels use in their stead.
# An operator's own list stands in /gateway/uplinks. `lo` leads nowhere that a forwarded packet could go.
find_uplinks() {
  local interface destination gateway flags references use metric mask rest found=''
  if [ -s uplinks ]; then
    found=$(<uplinks)
  else
    while read -r interface destination gateway flags references use metric mask rest; do
      case $destination/$mask in
        00000000/00000000 | 00000000/00000080 | 00000080/00000080) found+=" $interface" ;;
      esac
    done </proc/self/net/route
  fi
  local quoted=''
  for interface in $found; do
    case $quoted in *"\"$interface\""*) ;; *) quoted+=${quoted:+, }"\"$interface\"" ;; esac
  done
  uplinks="{ ${quoted:-\"lo\"} }"
}

# What the kernel has, without counters and without what packets add to sets.
listing() {
  nft --numeric --numeric --stateless --terse list table inet "$table" 2>&1 \
    && nft --numeric --numeric --stateless --terse list table bridge "$table" 2>&1
}

load() {
  local problem
  expected=''
  if ! problem=$(nft --define uplinks="$uplinks" --file rules 2>&1); then
    failure=$problem
    return 1
  fi
  loaded_rules=$rules loaded_uplinks=$uplinks
  if ! expected=$(listing); then
    failure=$expected expected=''
    return 1
  fi
}

look() {
  local now
  failure=''
  rules=$(<rules)
  find_uplinks
  if [ -n "$expected" ] && [ "$rules" = "$loaded_rules" ] && [ "$uplinks" = "$loaded_uplinks" ]; then
    now=$(listing) && [ "$now" = "$expected" ] && return 0
    restored=$((restored + 1))
  fi
  load
}

report() {
  local state=failed
  look && state=in-place
  printf '%s\n' "$answered" "$state" "$restored" "$uplinks" "$failure" >report.new && mv report.new report
}

remove() {
  local family
  for family in inet bridge; do
    printf 'table %s %s\ndelete table %s %s\n' "$family" "$table" "$family" "$table" | nft --file - || return 1
  done
}

# Any change of any table wakes the loop below.
watch_kernel() {
  kill -0 "${monitor:-}" 2>/dev/null && return
  (exec nft monitor 2>/dev/null) >&3 &
  monitor=$!
}

guard() {
  local word number lines
  rm -f questions
  mkfifo questions || exit 1
  # For both directions, so that it has no end when a writer leaves.
  exec 3<>questions
  while :; do
    watch_kernel
    report
    read -t 1 -r -u 3 word number || { word='' number=''; }
    # One change of the kernel's tables is many lines.
    for ((lines = 0; lines < 500; lines++)); do
      [ "$word" = check ] && break
      read -t 0.01 -r -u 3 word number || break
    done
    [ "$word" = check ] && [[ $number =~ ^[0-9]{1,15}$ ]] && answered=$number
  done
}

case $action in
  guard) guard ;;
  remove) remove ;;
  *) exit 2 ;;
esac
