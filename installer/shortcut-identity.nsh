; Writes the AppUserModelID into a shortcut, by which Windows knows whose windows and notifications they are.
;
;     ${SetShortcutIdentity} "path of the .lnk" "AppUserModelID"
;
; A shortcut without it works as well, so failures are passed over.
; Sources: learn.microsoft.com, SHGetPropertyStoreFromParsingName, IPropertyStore, System.AppUserModel.ID.

!define SetShortcutIdentity "!insertmacro SetShortcutIdentity"
!macro SetShortcutIdentity shortcut identity
  Push $0
  Push $1
  Push $2
  Push $3
  ; GPS_READWRITE and the interface's id.
  System::Call 'shell32::SHGetPropertyStoreFromParsingName(w "${shortcut}", p 0, i 2, g "{886D8EEB-8CF2-4446-8D02-CDBA1DBDCF99}", *p .r0) i .r1'
  ${If} $1 = 0
  ${AndIf} $0 P<> 0
    ; PROPERTYKEY of System.AppUserModel.ID; PROPVARIANT of kind VT_LPWSTR, which points at the text behind it.
    System::Call '*(&g16 "{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}", &i4 5) p .r1'
    System::Call '*(&w${NSIS_MAX_STRLEN} "${identity}") p .r3'
    System::Call '*(&i2 31, &i2 0, &i2 0, &i2 0, p r3, p 0) p .r2'
    ; The fourth, second and third method behind IUnknown's: SetValue, Commit, Release.
    System::Call '$0->6(p r1, p r2) i .s'
    Pop $1
    System::Call '$0->7() i .s'
    Pop $1
    System::Call '$0->2()'
    System::Free $2
    System::Free $3
  ${EndIf}
  Pop $3
  Pop $2
  Pop $1
  Pop $0
!macroend
