#!/usr/bin/env bash
# Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL. Needs bash, curl 7.55 or newer, jq.
set -euo pipefail

: "${AZURE_FEDERATED_TOKEN_FILE:?is not set: the pod lacks the label azure.workload.identity/use, or is older than the webhook}"

# A new role assignment needs up to 10 minutes until it acts, a new federated credential a few.
deadline=$((SECONDS + ${READ_WAIT_SECONDS:-600}))
pause=${READ_PAUSE_SECONDS:-10}

# Sets body and status. No token is an argument of a command: arguments are what `ps` shows.
ask() {
    body=$(curl --silent --show-error --max-time 30 --write-out '\n%{http_code}' "$@")
    status=${body##*$'\n'} body=${body%$'\n'*}
}

# $1 was refused: pauses, to be asked again; ends the program when the time is over or the answer ($2) is final.
wait_or_fail() {
    local reason
    reason=$(printf '%s' "$body" | jq -er '.error_description // "\(.error.innererror.code // .error.code): \(.error.message)"') || reason="HTTP $status"
    if ((SECONDS >= deadline)) || [[ $2 == final ]]; then
        echo "$1: $reason" >&2
        exit 1
    fi
    echo "$1: asking again in $pause s: $reason" >&2
    sleep "$pause"
}

# AZURE_AUTHORITY_HOST ends with a slash. The token's file is read for each request: the kubelet renews it.
log_in() {
    until
        ask --data-urlencode grant_type=client_credentials \
            --data-urlencode "client_id=$AZURE_CLIENT_ID" \
            --data-urlencode scope=https://vault.azure.net/.default \
            --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
            --data-urlencode "client_assertion@$AZURE_FEDERATED_TOKEN_FILE" \
            "${AZURE_AUTHORITY_HOST}${AZURE_TENANT_ID}/oauth2/v2.0/token"
        [[ $status == 200 ]]
    do wait_or_fail "Entra ID" retry; done
    token=$(printf '%s' "$body" | jq -r .access_token)
}

log_in
for name in ${SECRET_NAMES//,/ }; do
    # KEYVAULT_URL ends with a slash, too. A program that runs for hours has to log in anew when the answer is 401.
    until
        ask --header @<(printf 'Authorization: Bearer %s' "$token") "${KEYVAULT_URL}secrets/$name?api-version=7.6"
        [[ $status == 200 ]]
    do
        case $status in
            000 | 403 | 429 | 5??) wait_or_fail "$name" retry ;;
            *) wait_or_fail "$name" final ;;
        esac
    done
    # The value: `jq -r .value`. Keep it in memory, never print it.
    printf '%s' "$body" | jq -r --arg name "$name" '"\($name) version \(.id | split("/") | last): \(.value | length) characters"'
done
