#!/usr/bin/env bash
# Receives events over a WebSocket: subscribes, answers pings, and comes back after an end.
# Needs bash 5, websocat 1.14 and jq. VERIOPS_API_KEY in the environment is the API key.

# Settings: what to connect to, and what the API asks of its clients.
ENDPOINT='wss://api.veriops.example/realtime'
SUBSCRIPTIONS='{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}'
KEY_PARAMETER='token' # '' where the API takes no key
ACK_SECONDS=10
SILENCE_SECONDS=75
STABLE_SECONDS=10
BACKOFF_SECONDS='1 2 4 8 16 30'
RETRY_CODES='1001 1004 1005 1006 1011 1012 1013 1014 1015'
WAIT_SECONDS='4008 60'
ADVICE='1000 Normal closure. No action required.
1001 Server going away. Reconnect with exponential backoff.
1006 Abnormal close (no close frame). Reconnect with exponential backoff.
1008 Policy violation. Check message format and size.
4001 Authentication failed. Verify your API key is valid and not expired.
4002 Subscription limit reached. Unsubscribe from unused channels (max 50).
4008 Rate limited. Wait 60 seconds before reconnecting.
4009 Message too large. Reduce message size to under 64 KB.'
# End of settings.

# Handles an event: its channel, and its data as JSON. Put your own code here.
on_event() { printf 'event %s %s\n' "$1" "$2"; }

# Handles news about the connection and its subscriptions.
on_state() { printf '%s\n' "$1" >&2; }

# Handles a message that is none of the API's.
on_unknown() { printf 'not understood: %s\n' "${1:0:200}" >&2; }

# What makes rows of fields out of websocat's lines: T and a text, B and base64, or its log.
# shellcheck disable=SC2016 # the dollars are jq's
ROWS='
  def understood:
    if type != "object" then null
    elif .type == "event" then
      .payload | objects | select((.event_type | type) == "string" and has("data"))
      | ["event", .event_type, (.data | tojson)]
    elif .type == "ping" and has("request_id") then ["ping", (.request_id | tojson)]
    elif .type == "ack" and (.request_id | type) == "string" then ["ack", .request_id]
    elif .type == "ack" or .type == "pong" then ["nothing"]
    else null end;

  if startswith("T") then .[1:] as $text
    | (try ($text | fromjson | understood) catch null) // ["unknown", $text]
  elif startswith("B") then
    ["unknown", "\(.[1:] | sub("=*$"; "") | length * 3 / 4 | floor) bytes of binary"]
  elif endswith("Connected to ws") then ["open"]
  elif endswith("The close message is None") then ["closed", "1005", ""]
  elif endswith("incoming None") then ["closed", "1006", ""]
  else
    (capture("status_code: (?<code>\\d+), reason: (?<reason>\".*\") }\\)$")
      | ["closed", .code, (.reason as $reason | try ($reason | fromjson) catch $reason)]),
    (capture("unexpected status code \\((?<status>\\d+)") | ["status", .status]),
    (capture("^websocat: (WebSocketError: )*(?<cause>.+)") | ["failed", .cause])
  end
  | join("\u001f") | gsub("\n"; " ")'

# Starts websocat. It reads what is sent from a named pipe, and its rows come out of another pipe.
dial() {
  local output
  exec {sent}<>"$folder/sent"
  exec {output}< <(
    trap '' INT # Ctrl+C is for this script, which closes the connection first
    RUST_LOG=websocat::ws_client_peer=info,websocat::ws_peer=debug \
      exec websocat --text --no-async-stdio --buffer-size 1048576 --close-status-code 1000 \
      --text-prefix T --binary-prefix B --base64 "$ENDPOINT$query" \
      <"$folder/sent" {sent}>&- 2>&1
  )
  pid=$!
  exec {rows}< <(
    trap '' INT
    exec jq -Rr --unbuffered "$ROWS" <&"$output" {sent}>&-
  ) {output}<&-
}

# Closes with 1000, and waits for the server's close for as many seconds at most.
hang_up() {
  local end=$((SECONDS + $1))
  exec {sent}>&-
  while ((SECONDS < end)); do
    IFS= read -r -t 0.2 -u "$rows" || (($? > 128)) || break
  done
  kill "$pid" 2>/dev/null
  pid=''
}

# Prints what a table says about a close code: the rest of its line.
row() { sed -n "s/^$2 //p" <<<"$1"; }

send() { printf '%s\n' "$1" >&"$sent"; }

utc() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# Prints the microseconds of seconds that may have a fraction.
micros() { LC_ALL=C printf '%.0f' "${1}e6"; }

subscribe() {
  local topic
  while IFS= read -r topic; do
    pending[++last_id]=$(jq -r .channel <<<"$topic" 2>/dev/null || printf '%s' "$topic")
    send "{\"type\":\"subscribe\",\"request_id\":\"req_$last_id\",\"sent_at\":\"$(utc)\",\"payload\":$topic}"
  done <<<"$SUBSCRIPTIONS"
}

report_missing_acks() {
  local id
  for id in "${!pending[@]}"; do
    on_state "no answer within $ACK_SECONDS s to subscribe ${pending[id]} (req_$id)"
  done
}

# Handles a row: its kind and its fields.
handle() {
  case $1 in
    open)
      on_state open
      opened=$now heard=$now
      subscribe
      return
      ;;
    closed) code=$2 reason=$3 ;;
    status) status=$2 ;;
    failed) cause=${cause:-$2} ;;
    event) on_event "$2" "$3" ;;
    ping) send "{\"type\":\"pong\",\"request_id\":$2,\"sent_at\":\"$(utc)\"}" ;;
    ack)
      if [[ $2 =~ ^req_([1-9][0-9]{0,8})$ && -n ${pending[BASH_REMATCH[1]]-} ]]; then
        on_state "subscribed to ${pending[BASH_REMATCH[1]]}"
        unset "pending[BASH_REMATCH[1]]"
      fi
      ;;
    unknown) on_unknown "$2" ;;
  esac
  if [[ $1 != closed && $1 != failed && $1 != status ]]; then
    heard=$now got_message=1
  fi
}

# Connects and handles what comes until the connection ends. Leaves the close code and the reason,
# or, where there was no connection, the cause and the HTTP status if there was one.
converse() {
  local line='' part got kind first second
  local now started=${EPOCHREALTIME//[.,]/} opened='' heard='' got_message='' acks_are_due=1
  code='' reason='' cause='' status='' is_stable='' pending=()
  dial
  while [[ ! $code ]]; do
    IFS= read -r -t 0.2 -u "$rows" part
    got=$?
    now=${EPOCHREALTIME//[.,]/}
    line+=$part
    if ((got == 0)); then
      IFS=$'\x1f' read -r kind first second <<<"$line"
      line=''
      handle "$kind" "$first" "$second"
    elif ((got <= 128)); then
      break # the rows are over
    fi
    if [[ ! $opened ]]; then
      if ((now - started > 10000000)); then
        cause='timed out'
        break
      fi
    elif ((acks_are_due && now - opened >= ACK_MICROS)); then
      acks_are_due=0
      report_missing_acks
    elif ((now - heard >= SILENCE_MICROS)); then
      on_state "silent for $SILENCE_SECONDS s"
      code=1006
    fi
  done
  if [[ $opened ]]; then
    code=${code:-1006}
    [[ $got_message ]] && ((now - opened >= STABLE_MICROS)) && is_stable=1
  fi
  # Where the connection broke or fell silent, nobody would answer a close.
  hang_up $((code == 1006 ? 0 : 3))
  exec {rows}<&-
}

stop() {
  trap '' INT TERM
  [[ $pid ]] && hang_up 3
  exit 0
}

pid='' folder='' last_id=0 failures=0
trap 'rm -rf "$folder"' EXIT
trap stop INT TERM
if ! type -P websocat jq >/dev/null; then
  on_state 'install websocat and jq'
  exit 1
fi
query=''
if [[ $KEY_PARAMETER ]]; then
  if [[ ! ${VERIOPS_API_KEY-} ]]; then
    on_state 'set VERIOPS_API_KEY to your API key'
    exit 1
  fi
  [[ $ENDPOINT == *'?'* ]] && query='&' || query='?'
  query+=$(jq -rn --arg name "$KEY_PARAMETER" '($name | @uri) + "=" + (env.VERIOPS_API_KEY | @uri)')
fi
ACK_MICROS=$(micros "$ACK_SECONDS")
SILENCE_MICROS=$(micros "$SILENCE_SECONDS")
STABLE_MICROS=$(micros "$STABLE_SECONDS")
read -ra delays <<<"$BACKOFF_SECONDS"
folder=$(mktemp -d) && mkfifo "$folder/sent" || exit 1

while true; do
  on_state "connecting to $ENDPOINT"
  converse
  [[ $is_stable ]] && failures=0
  delay=''
  if [[ $code ]]; then
    ended="closed $code${reason:+ ($reason)}"
    delay=$(row "$WAIT_SECONDS" "$code")
    if [[ ! $delay && " $RETRY_CODES " != *" $code "* ]]; then
      advice=$(row "$ADVICE" "$code")
      on_state "$ended${advice:+: $advice}"
      exit $((code != 1000))
    fi
  elif [[ $status == 4?? ]]; then
    on_state "refused: HTTP $status"
    exit 1
  else
    ended="no connection ($cause)"
  fi
  if [[ ! $delay ]]; then
    delay=${delays[failures < ${#delays[@]} ? failures : -1]}
    ((++failures))
  fi
  on_state "$ended: next attempt in $delay s"
  # Nobody writes now, so this sleeps, but unlike sleep it ends with the script.
  IFS= read -r -t "$delay" <>"$folder/sent"
done
