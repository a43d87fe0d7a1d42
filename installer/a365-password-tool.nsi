; The set-up for one account: no administrator rights. `a365-password-tool-setup.exe /S` installs silently, `/D=FOLDER` (last,
; without quotes) chooses the folder, `/REMINDERS=yes|no` turns the check for expiring secrets on or off.
; Compiled by package-windows.sh, which defines VERSION, FILE_VERSION, PROGRAMS (a folder), OUTPUT, SIZE_KIB and PROJECT.

; Before everything: the usual 32-bit start does nothing on systems without 32-bit programs, and says nothing.
Target amd64-unicode
Unicode true
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include MUI2.nsh
!include "${PROJECT}/installer/shortcut-identity.nsh"

!define NAME "A365 Password Tool"
!define ARP "Software\Microsoft\Windows\CurrentVersion\Uninstall\A365PasswordTool"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define VAULT_CLASS "A365PasswordTool.Vault"
; The same as in src/platform/notification/windows.rs.
!define APP_ID "A365PasswordTool.Reminders"
!define LINK_SCHEME "a365-password-tool"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${ARP}" "InstallLocation"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64
; The files' times are those of the build, so that two builds are equal.
SetDateSave off
ManifestSupportedOS Win10
ManifestDPIAware true
BrandingText " "
VIProductVersion "${FILE_VERSION}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} set-up"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT or Apache-2.0"

!define MUI_ICON "${PROJECT}/resources/icon.ico"
!define MUI_UNICON "${PROJECT}/resources/icon.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\a365-password-tool.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Start ${NAME}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Ends with a message, or in silence with exit code 3.
!macro Refuse text
  IfSilent +2
  MessageBox MB_OK|MB_ICONSTOP "${text}"
  SetErrorLevel 3
  Quit
!macroend

; A program that runs cannot be replaced. Asks to close it, again and again; silent set-ups end with exit code 3.
!macro DefineWaitUntilClosed un
Function ${un}WaitUntilClosed
  again:
  ${IfNot} ${FileExists} "$INSTDIR\a365-password-tool.exe"
    Return
  ${EndIf}
  ClearErrors
  FileOpen $0 "$INSTDIR\a365-password-tool.exe" a
  ${IfNot} ${Errors}
    FileClose $0
    Return
  ${EndIf}
  IfSilent refuse
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} is running. Close its windows, then choose Retry." IDRETRY again
  refuse:
  SetErrorLevel 3
  Quit
FunctionEnd
!macroend
!insertmacro DefineWaitUntilClosed ""
!insertmacro DefineWaitUntilClosed "un."

Section "${NAME}" Program
  SectionIn RO
  Call WaitUntilClosed
  SetOutPath "$INSTDIR"
  File "${PROGRAMS}/a365-password-tool.exe"
  File "${PROGRAMS}/a365-password-cli.exe"
  File "${PROGRAMS}/LICENCES.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\a365-password-tool.exe" "" "$INSTDIR\a365-password-tool.exe" 0 \
    SW_SHOWNORMAL "" "Create, test and store connections to Dataverse"
  ${SetShortcutIdentity} "$SMPROGRAMS\${NAME}.lnk" "${APP_ID}"

  ; A double click on a vault opens it.
  WriteRegStr HKCU "Software\Classes\${VAULT_CLASS}" "" "${NAME} vault"
  WriteRegStr HKCU "Software\Classes\${VAULT_CLASS}\DefaultIcon" "" '"$INSTDIR\a365-password-tool.exe",0'
  WriteRegStr HKCU "Software\Classes\${VAULT_CLASS}\shell\open\command" "" '"$INSTDIR\a365-password-tool.exe" --vault "%1"'
  WriteRegStr HKCU "Software\Classes\.a365vault" "" "${VAULT_CLASS}"
  WriteRegStr HKCU "Software\Classes\.a365vault\OpenWithProgids" "${VAULT_CLASS}" ""
  ; SHCNE_ASSOCCHANGED: the desktop shows the new icons.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ; So that the Run dialog and `start` find them.
  WriteRegStr HKCU "${APP_PATHS}\a365-password-tool.exe" "" "$INSTDIR\a365-password-tool.exe"
  WriteRegStr HKCU "${APP_PATHS}\a365-password-cli.exe" "" "$INSTDIR\a365-password-cli.exe"

  WriteRegStr HKCU "${ARP}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${ARP}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ARP}" "DisplayIcon" "$INSTDIR\a365-password-tool.exe"
  WriteRegStr HKCU "${ARP}" "Publisher" "${NAME}"
  WriteRegStr HKCU "${ARP}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ARP}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ARP}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ARP}" "EstimatedSize" ${SIZE_KIB}
  WriteRegDWORD HKCU "${ARP}" "NoModify" 1
  WriteRegDWORD HKCU "${ARP}" "NoRepair" 1
SectionEnd

Section "Remind me before secrets expire" Reminders
  nsExec::Exec '"$INSTDIR\a365-password-cli.exe" remind --install'
  Pop $0
  ${If} $0 != 0
    DetailPrint "The daily check could not be turned on. The settings in the program, or a365-password-cli remind --install, show why."
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${Program} "The program, its command line, and the Start menu entry."
  !insertmacro MUI_DESCRIPTION_TEXT ${Reminders} "Checks at sign-in and daily, and reminds you when a client secret is about to expire, even when the program is closed."
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  SetShellVarContext current
  ${IfNot} ${AtLeastWin10}
    !insertmacro Refuse "${NAME} requires Windows 10, Windows Server 2016 or later."
  ${EndIf}
  ReadRegStr $0 HKCU "${ARP}" "DisplayVersion"
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 = 1
      !insertmacro Refuse "Version $0 is installed, which is newer than this one (${VERSION}). To install this version, uninstall that one first; your vault is not deleted."
    ${EndIf}
    ; An upgrade leaves the daily check as it is, unless it is asked for.
    !insertmacro UnselectSection ${Reminders}
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMINDERS=" $1
  ${If} ${Errors}
    ; Nobody was asked.
    ${If} ${Silent}
      !insertmacro UnselectSection ${Reminders}
    ${EndIf}
  ${ElseIf} $1 == "yes"
    !insertmacro SelectSection ${Reminders}
  ${Else}
    !insertmacro UnselectSection ${Reminders}
  ${EndIf}
FunctionEnd

; Asked only when somebody is there to answer; pressing Enter means "no".
Function un.AskAboutVaults
  IfSilent done
  ${IfNot} ${FileExists} "$APPDATA\${NAME}\*.*"
  ${AndIfNot} ${FileExists} "$LOCALAPPDATA\${NAME}\*.*"
    Return
  ${EndIf}
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Also delete your settings and your vault?$\n$\n\
    Choose No to keep them for a later installation." IDYES 0 IDNO done
  ${If} ${FileExists} "$APPDATA\${NAME}\data\*.a365vault"
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "The vault in $APPDATA\${NAME}\data and all its backups will be \
      deleted. The client secrets in it cannot be recovered.$\n$\nDelete them permanently?" IDYES 0 IDNO done
  ${EndIf}
  RMDir /r "$APPDATA\${NAME}"
  RMDir /r "$LOCALAPPDATA\${NAME}"
  done:
FunctionEnd

Section "Uninstall"
  SetShellVarContext current
  Call un.WaitUntilClosed
  ; The task, the link and the name for notifications. The program knows them; what it cannot undo is undone below.
  nsExec::Exec '"$INSTDIR\a365-password-cli.exe" remind --uninstall'
  Pop $0
  UserInfo::GetName
  Pop $0
  ReadEnvStr $1 USERDOMAIN
  nsExec::Exec '"$SYSDIR\schtasks.exe" /Delete /TN "${NAME} reminders ($1-$0)" /F'
  Pop $0
  DeleteRegKey HKCU "Software\Classes\${LINK_SCHEME}"
  DeleteRegKey HKCU "Software\Classes\AppUserModelId\${APP_ID}"

  DeleteRegKey HKCU "Software\Classes\${VAULT_CLASS}"
  DeleteRegValue HKCU "Software\Classes\.a365vault\OpenWithProgids" "${VAULT_CLASS}"
  DeleteRegKey /ifempty HKCU "Software\Classes\.a365vault\OpenWithProgids"
  ReadRegStr $0 HKCU "Software\Classes\.a365vault" ""
  ${If} $0 == "${VAULT_CLASS}"
    DeleteRegValue HKCU "Software\Classes\.a365vault" ""
  ${EndIf}
  DeleteRegKey /ifempty HKCU "Software\Classes\.a365vault"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  DeleteRegKey HKCU "${APP_PATHS}\a365-password-tool.exe"
  DeleteRegKey HKCU "${APP_PATHS}\a365-password-cli.exe"
  Delete "$SMPROGRAMS\${NAME}.lnk"

  ; By name: whatever else lies in the folder is somebody's.
  Delete "$INSTDIR\a365-password-tool.exe"
  Delete "$INSTDIR\a365-password-cli.exe"
  Delete "$INSTDIR\LICENCES.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ; Made by the set-up where it was not there; goes only when it is empty.
  RMDir "$LOCALAPPDATA\Programs"
  DeleteRegKey HKCU "${ARP}"
  Call un.AskAboutVaults
SectionEnd
