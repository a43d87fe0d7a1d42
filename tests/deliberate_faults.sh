#!/usr/bin/env bash
# Puts one fault after the other into a copy of the connection check and of people's sign-in and tells which tests catch it. Fails when a
# fault is caught by none, or when a fault no longer fits the code.
#
# usage: tests/deliberate_faults.sh [WORD]     only the faults whose name holds WORD
#        tests/deliberate_faults.sh --fit      only looks whether every fault still fits the code; builds nothing
set -euo pipefail
cd "$(dirname "$0")/.."
only=${1:-} fit=
[ "$only" != --fit ] || { only= fit=1; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# A target folder of its own: cargo tells apart packages of one name by their place in the workspace alone.
export CARGO_TARGET_DIR=$PWD/target/deliberate_faults CARGO_INCREMENTAL=0
suites=(--lib --test connection_check --test sign_in)
missed=0

# fault NAME FILE TEXT REPLACEMENT [FILE TEXT REPLACEMENT]...: the texts are taken as they are, each has to be there once.
fault() {
    local name=$1
    shift
    [[ $name == *"$only"* ]] || return 0
    rm -rf "$copy/"*
    cp -r Cargo.toml Cargo.lock build.rs clippy.toml rustfmt.toml raster src tests examples resources "$copy/"
    python3 - "$copy/src/connection_check" "$@" <<'PYTHON'
import pathlib
import sys

folder, changes = pathlib.Path(sys.argv[1]), sys.argv[2:]
for file, text, replacement in zip(changes[::3], changes[1::3], changes[2::3]):
    path = folder / file
    code = path.read_text()
    if code.count(text) != 1:
        sys.exit(f"{file} holds this {code.count(text)} times: {text}")
    path.write_text(code.replace(text, replacement))
PYTHON
    [ -z "$fit" ] || return 0
    local output failed
    output=$(cd "$copy" && cargo test --quiet --no-default-features --no-fail-fast "${suites[@]}" 2>&1) || true
    if grep -q '^error\(\[E[0-9]*\]\)\?: ' <<<"$output" && ! grep -q '^test result' <<<"$output"; then
        echo "$name | does not compile"
        grep -m 5 -A 6 '^error' <<<"$output"
        missed=1
        return 0
    fi
    failed=$(sed -n 's/^    \([a-z_:]*\)$/\1/p' <<<"$output" | sort -u | paste -sd' ')
    echo "$name | ${failed:-CAUGHT BY NO TEST}"
    [[ -n $failed ]] || missed=1
}

fault "no authority check" challenge.rs 'if !cloud.is_sign_in_host(&host) {' 'if !cloud.is_sign_in_host(&host) && host.is_empty() {'
fault "a redirect taken for an answer" exchange.rs 'if answer.status.is_redirection() {' \
    'if answer.status.is_redirection() && answer.host.is_empty() {'
fault "the proxy's password sent unasked" connector/through_proxy.rs \
    'Known::NotGiven | Known::Spent | Known::AccountSpent(_) => None,' \
    'Known::NotGiven | Known::Spent | Known::AccountSpent(_) => {
                self.sign_in.allowed(proxy, place).ok().map(|it| (it, Method::Basic))
            }'
fault "the proxy's password sent to any proxy" \
    proxy_sign_in.rs 'known.find(|(it, _)| it.proxy.as_ref() == Some(&proxy.name))' 'known.find(|_| true)'
fault "the proxy's password sent without an offer of Basic" \
    proxy_sign_in.rs 'None => return Err(not_offered()),' 'None => Method::Basic,'
fault "a rejected password sent to a SOCKS proxy again" \
    connector/through_proxy.rs 'ok().filter(|_| !is_spent)' 'ok().filter(|_| !is_spent || !proxy.shown().is_empty())'
fault "a script that fails means no proxy" route.rs 'Some(Err(FindError::Absent)) => None,' \
    'Some(Err(_)) if self.patience.as_secs() > 0 => None, Some(Err(FindError::Absent)) => None,'
fault "NO_PROXY ignored" route.rs 'ProxyExceptions::Listed(listed) => listed.holds(host, HTTPS),' \
    'ProxyExceptions::Listed(listed) => host.is_empty() && listed.holds(host, HTTPS),'
fault "the proxy's certificate unchecked" certificates.rs 'None => self.system.verify_server_cert(' \
    'None if server_name.to_str().contains("evil") => return Ok(ServerCertVerified::assertion()),
            None => self.system.verify_server_cert('
fault "inspection not said" certificates.rs 'Ok(_) => Trust::ThisComputer,' 'Ok(_) => Trust::Public,'
fault "an expired authority trusted" anchors.rs 'read.validity().not_after < now' \
    'read.validity().not_after < now && now.timestamp() == 0'
fault "a token request sent twice" exchange.rs 'if request.method == Method::GET && sent' 'if sent' \
    client.rs 'SendError::Library { on_used_connection: true, source }' 'SendError::Library { source, .. }'
fault "resource not compared" challenge.rs 'if is_plain && environment.is_at(host)' 'if is_plain || !environment.is_at(host)'
fault "cloud not compared" challenge.rs 'if !cloud.is_sign_in_host(&host) {' 'if Cloud::signing_in_at(&host).is_none() {'
fault "secret in a URL" sign_in.rs '&Request::post_form(host, &token_path(tenant), body)' \
    '&Request::post_form(host, &format!("{}?client_secret={}", token_path(tenant), form.client_secret.expose()), body)'
fault "no body limit" client.rs 'if length > limit {' 'if length > limit.max(usize::MAX - 1) {'
fault "no whole-answer deadline" client.rs 'timeout(self.limit, exchanged)' 'timeout(self.limit * 1000, exchanged)' \
    run.rs 'timeout_at(deadline, work)' 'timeout_at(deadline + std::time::Duration::from_secs(86_400), work)'
fault "case-sensitive privilege names" \
    privileges_stage.rs 'name.eq_ignore_ascii_case(wanted.name)' 'name == wanted.name' \
    privileges_stage.rs '"PrivilegeName").to_ascii_lowercase()' '"PrivilegeName")'
fault "trusting RetrieveUserPrivileges" privileges_stage.rs \
    'let path = format!("RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p={list}");' \
    'let path = list[..0].to_owned() + "RetrieveUserPrivileges";'
fault "early token used for another tenant" run.rs \
    'tenant.id.is_some() && tenant.id == request.known_tenant' 'tenant.id.is_some()'
fault "token shared across secrets" tokens.rs 'find(|(known, _)| *known == secret)' 'find(|(known, _)| known.is_empty() == secret.is_empty())'
people=../sign_in
fault "sign-in: any state taken" $people/browser_answer.rs 'is_none_or(|given| given != *state)' 'is_none_or(|given| given.is_empty())'
fault "sign-in: a code in the address taken" $people/browser_answer.rs '(_, Some(_)) if !is_post =>' \
    '(_, Some(_)) if !is_post && port == 0 =>'
fault "sign-in: any name of the computer taken" $people/browser_answer.rs 'return Err(Stranger::Host);' 'let _ = Stranger::Host;'
fault "sign-in: tenant of the ID token not compared" $people/jwt.rs 'filter(|tenant| *tenant == request.tenant)' 'filter(|tenant| !tenant.is_nil())'
fault "sign-in: client of the ID token not compared" $people/jwt.rs 'if claims.aud != request.client.to_string() {' 'if claims.aud.is_empty() {'
fault "sign-in: issuer not compared" $people/jwt.rs 'if !is_own {' 'if !is_own && claims.iss.is_empty() {'
fault "sign-in: nonce not compared" $people/jwt.rs '!= *nonce' '== *nonce && nonce.is_empty()'
fault "sign-in: audience not compared" $people/token.rs 'filter(|audience| !resource.is_audience(audience))' 'filter(|audience| audience.is_empty())'
fault "sign-in: permissions of an unreadable token not compared" $people/token.rs 'find(|scope| !resource.may_have_scope(scope))' \
    'find(|scope| scope.is_empty())'
fault "sign-in: a code redeemed twice" $people/browser.rs 'Repeats::Never).await;' 'Repeats::Allowed).await;'
fault "sign-in: the verifier not sent" $people/browser.rs '("code_verifier", ties.verifier.expose()),' '("code_verifier", ""),'
fault "sign-in: the old refresh token used again" $people/session.rs 'self.refresh = Some(next);' 'let _ = next;'
fault "sign-in: any next link followed" $people/session.rs 'if !is_plain || url.host_str() != Some(host) {' 'if !is_plain && url.host_str().is_none() {'
fault "sign-in: a connection that says nothing holds up the rest" $people/loopback.rs \
    'if connections.len() < SIDE_BY_SIDE' 'if connections.is_empty()'
fault "sign-in: slow down not heeded" $people/device_code.rs 'pause += PAUSE' 'pause += PAUSE * 0'
fault "sign-in: a device code waited for without end" $people/device_code.rs 'if waited >= life {' 'if waited >= life * 100 {'
exit $missed
