/* Stands in for a library that Wine 8 lacks and every Rust program imports. Goes into a test's Wine prefix, never to users.
 *
 *     x86_64-w64-mingw32-gcc -shared -O2 -s -o bcryptprimitives.dll bcryptprimitives.c -ladvapi32
 */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    const SIZE_T at_once = 1 << 28;
    while (length > 0) {
        const SIZE_T part = length < at_once ? length : at_once;
        if (!RtlGenRandom(data, (ULONG)part))
            return FALSE;
        data += part;
        length -= part;
    }
    return TRUE;
}
