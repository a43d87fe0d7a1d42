#!/usr/bin/env bash
# Makes both installers from ready programs.
#
#     installer/package-windows.sh PROGRAMS VERSION OUTPUT
#
# PROGRAMS holds a365-password-tool.exe, a365-password-cli.exe and LICENCES.txt. OUTPUT gets the set-up (.exe, for one
# account) and the package (.msi, for the computer). The same programs, version and SOURCE_DATE_EPOCH give the same bytes.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
programs=$(cd "$1" && pwd)
version=$2
mkdir -p "$3"
output=$(cd "$3" && pwd)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s)} TZ=UTC
name=a365-password-tool
setup=$output/$name-$version-setup.exe
package=$output/$name-$version.msi
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp "$programs"/{a365-password-tool.exe,a365-password-cli.exe,LICENCES.txt} "$project/resources/icon.ico" "$stage/"
find "$stage" -type f -exec touch -d "@$SOURCE_DATE_EPOCH" {} +

# The set-up. Its uninstaller is signed before it is packed.
size_kib=$(du -k --apparent-size -c "$stage"/*.exe "$stage/LICENCES.txt" | tail -n 1 | cut -f1)
options=(
  -V2 -INPUTCHARSET UTF8 "-DVERSION=$version" "-DFILE_VERSION=${version%%-*}.0" "-DPROGRAMS=$stage" "-DOUTPUT=$setup"
  "-DSIZE_KIB=$size_kib" "-DPROJECT=$project"
)
[ -z "${SIGN_CERT:-}" ] || options+=("-X!uninstfinalize 'bash \"$project/installer/sign.sh\" \"%1\"'")
makensis "${options[@]}" "$project/installer/$name.nsi"

# The package. One product code for each version and content, so that equal builds are equal.
upgrade_code=5c8b1e0a-6b0f-4c1b-9c37-2d0e6b6d3a65
guid() { python3 -c 'import sys, uuid; print(str(uuid.uuid5(uuid.UUID(sys.argv[1]), sys.argv[2])).upper())' "$upgrade_code" "$1"; }
content=$(cd "$stage" && sha256sum ./* | sha256sum | cut -d' ' -f1)
rm -f "$package"
(cd "$stage" && wixl -a x64 -D "Version=${version%%-*}" -D "ProductCode=$(guid "product $version $content")" -o "$package" \
  "$project/installer/$name.wxs")

# What wixl has no words for.
file_version=$(python3 "$project/installer/check_program.py" --version "$stage/$name.exe")
tables=$stage/tables
mkdir "$tables"
printf 'MsiShortcutProperty\tShortcut_\tPropertyKey\tPropVariantValue\r\ns72\ts72\ts255\ts255\r\nMsiShortcutProperty\tMsiShortcutProperty\r\n%s\t%s\t%s\t%s\r\n' \
  StartMenuIdentity StartMenu System.AppUserModel.ID A365PasswordTool.Reminders > "$tables/MsiShortcutProperty.idt"
moment=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y/%m/%d %H:%M:%S')
msiinfo export "$package" _SummaryInformation \
  | sed -E "s#^9\t.*#9\t{$(guid "package $version $content")}\r#; s#^(12|13)\t.*#\1\t$moment\r#; s#^2\t.*#2\tA365 Password Tool $version\r#" \
  > "$tables/_SummaryInformation.idt"
msibuild "$package" -i "$tables/MsiShortcutProperty.idt" -i "$tables/_SummaryInformation.idt"
change() { msibuild "$package" -q "$1"; }
# The check at sign-in only where it was asked for, now or at the installation before.
change "UPDATE \`Component\` SET \`Condition\` = 'REMINDERS = \"1\" OR (NOT REMINDERS AND REMINDERSBEFORE = \"1\")' WHERE \`Component\` = 'SignInCheck'"
change "UPDATE \`Property\` SET \`Value\` = 'REMINDERS;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED' WHERE \`Property\` = 'SecureCustomProperties'"
# Windows Installer keeps a file that has a version over one whose version it is not told, and an upgrade would then lose
# it: so the version is told, and files are always written.
for file in ProgramFile CommandLineFile; do
  change "UPDATE \`File\` SET \`Version\` = '$file_version', \`Language\` = '0' WHERE \`File\` = '$file'"
  change "DELETE FROM \`MsiFileHash\` WHERE \`File_\` = '$file'"
done
change "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('REINSTALLMODE', 'amus')"
# Program in the package, result ignored; as the account that uninstalls.
change "UPDATE \`CustomAction\` SET \`Type\` = 82 WHERE \`Action\` = 'EndReminders'"

bash "$project/installer/sign.sh" "$setup" "$package"
ls -l "$setup" "$package"
