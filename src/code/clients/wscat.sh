#!/usr/bin/env bash
# Connects with wscat, to look at what an API sends. It shows every message, and at the end the close
# code and the reason. It answers no ping, so the server ends the connection after a while.
# Needs node and wscat 6. VERIOPS_API_KEY in the environment is the API key.

# Settings: what to connect to, and what the API asks of its clients.
ENDPOINT='wss://api.veriops.example/realtime'
SUBSCRIPTIONS='{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}'
KEY_PARAMETER='token' # '' where the API takes no key
# End of settings.

PATH="$PWD/node_modules/.bin:$PATH"
query=''
if [[ $KEY_PARAMETER ]]; then
  if [[ ! ${VERIOPS_API_KEY-} ]]; then
    echo 'set VERIOPS_API_KEY to your API key' >&2
    exit 1
  fi
  [[ $ENDPOINT == *'?'* ]] && query='&' || query='?'
  query+=$(node -p '[process.argv[1], process.env.VERIOPS_API_KEY].map(encodeURIComponent).join("=")' \
    "$KEY_PARAMETER")
fi

echo "connecting to $ENDPOINT" >&2
echo 'Once it says Connected, paste these lines to subscribe, and end with /close 1000:' >&2
last_id=0
while IFS= read -r topic; do
  printf '{"type":"subscribe","request_id":"req_%d","sent_at":"%s","payload":%s}\n' \
    $((++last_id)) "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$topic" >&2
done <<<"$SUBSCRIPTIONS"

exec wscat --slash --connect "$ENDPOINT$query"
