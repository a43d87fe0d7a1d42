//! The page that is printed and locked away.

use chrono::NaiveDate;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::recovery_key::RecoveryKey;
use crate::escape::visible_markup;
use crate::profile::SecretText;

/// A page of HTML with the recovery key, which needs nothing from elsewhere, prints on one sheet of A4 or Letter, and
/// reads as plain text too. **It is as secret as the key.**
pub fn recovery_sheet(key: &RecoveryKey, vault_name: &str, vault_id: Uuid, made: NaiveDate) -> SecretText {
    let text = key.text();
    let groups: Vec<&str> = text.expose().split('-').collect();
    let (first, second) = groups.split_at(groups.len() / 2);
    let page = Zeroizing::new(format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Recovery key – A365 Password Tool</title>
<style>
@page {{ margin: 2cm }}
body {{ font: 11pt/1.5 "Segoe UI", Helvetica, Arial, sans-serif; color: #000; background: #fff; max-width: 17cm; margin: 1cm auto }}
h1 {{ font-size: 18pt; margin: 0 0 .3cm }}
h2 {{ font-size: 12pt; margin: .6cm 0 .1cm }}
pre {{ font: bold 20pt/1.6 Consolas, "DejaVu Sans Mono", "Courier New", monospace; border: 2px solid #000; padding: .4cm; text-align: center; margin: .5cm 0 }}
table {{ border-collapse: collapse }}
td {{ padding: 0 .5cm 0 0; vertical-align: top }}
</style>
</head>
<body>
<h1>Recovery key</h1>
<table>
<tr><td>Vault:</td><td>{name}</td></tr>
<tr><td>Vault ID:</td><td>{id}</td></tr>
<tr><td>Created on:</td><td>{made}</td></tr>
</table>

<pre>
{first}
{second}
</pre>

<h2>What this is</h2>
<p>This key unlocks the A365 Password Tool vault named above if its passphrase is forgotten. Anyone who has this sheet
and the vault file can read every client secret in it.</p>

<h2>How to use it</h2>
<p>Open the vault in A365 Password Tool and choose “Use the recovery key”, or run
“a365-password-cli vault set-passphrase --recovery-key-stdin”. Type the eight groups. Upper and lower case, spaces and
hyphens are ignored, and a single typing error is corrected. The key does not use the letters B, I and O: read them as
8, L and 0; a 1 is also an L. Then set a new passphrase.</p>

<h2>Where to store it</h2>
<p>In a safe or another locked place, separate from the computer and from copies of the vault. Do not photograph it,
e-mail it or store it as a file. If someone may have seen it, create a new recovery key in the program: this one then
stops working. Copies of the vault file made before that can still be unlocked with it.</p>
</body>
</html>
"#,
        name = visible_markup(vault_name),
        id = vault_id.hyphenated(),
        first = first.join(" "),
        second = second.join(" "),
    ));
    SecretText::from(page.as_str())
}
