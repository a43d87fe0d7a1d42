"""Reads what matters to a user's safety from a Windows program (PE32+): protections, imports, resources, sections.

Source: learn.microsoft.com, "PE Format".
"""

import struct

CHARACTERISTICS = {0x0020: "HIGH_ENTROPY_VA", 0x0040: "DYNAMIC_BASE", 0x0100: "NX_COMPAT", 0x4000: "GUARD_CF"}
RESOURCE_KINDS = {3: "icon", 14: "group_icon", 16: "version", 24: "manifest"}


class PortableExecutable:
    """A program's headers and tables."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = data = file.read()
        (header,) = struct.unpack_from("<I", data, 0x3C)
        if data[:2] != b"MZ" or data[header : header + 4] != b"PE\0\0":
            raise ValueError(f"{path} is not a Windows program")
        self.machine, sections, self.timestamp, _, _, optional_size, _ = struct.unpack_from("<HHIIIHH", data, header + 4)
        optional = header + 24
        if struct.unpack_from("<H", data, optional)[0] != 0x20B:
            raise ValueError(f"{path} is not a 64-bit program")
        self.image_base = struct.unpack_from("<Q", data, optional + 24)[0]
        self.subsystem, characteristics = struct.unpack_from("<HH", data, optional + 68)
        self.protections = {name for bit, name in CHARACTERISTICS.items() if characteristics & bit}
        count = struct.unpack_from("<I", data, optional + 108)[0]
        self.directories = [struct.unpack_from("<II", data, optional + 112 + 8 * i) for i in range(count)]
        self.sections = []
        for i in range(sections):
            name, size, address, raw_size, raw, _, _, _, flags = struct.unpack_from(
                "<8sIIIIIIII", data, optional + optional_size + 40 * i
            )
            self.sections.append((name.rstrip(b"\0").decode(), address, max(size, raw_size), raw, flags))

    def offset(self, address):
        """Where in the file the byte at a relative address lies."""
        for _, start, size, raw, _ in self.sections:
            if start <= address < start + size:
                return raw + address - start
        raise ValueError(f"no section holds {address:#x}")

    def text_at(self, address):
        """The text that ends in a zero byte there."""
        begin = self.offset(address)
        return self.data[begin : self.data.index(b"\0", begin)].decode("ascii")

    def imports(self):
        """Names of the libraries that Windows loads before the program's first instruction."""
        address, size = self.directories[1]
        names, at = [], self.offset(address) if size else 0
        while size:
            lookup, _, _, name, _ = struct.unpack_from("<IIIII", self.data, at)
            if not name:
                break
            names.append(self.text_at(name))
            at += 20
        return names

    def resources(self, kind):
        """The contents of all resources of a kind."""
        address, size = self.directories[2]
        return list(self._leaves(self.offset(address), 0, kind)) if size else []

    def _leaves(self, root, at, kind, depth=0):
        named, numbered = struct.unpack_from("<HH", self.data, root + at + 12)
        for i in range(named + numbered):
            name, child = struct.unpack_from("<II", self.data, root + at + 16 + 8 * i)
            if depth == 0 and RESOURCE_KINDS.get(name) != kind:
                continue
            if child & 0x80000000:
                yield from self._leaves(root, child & 0x7FFFFFFF, kind, depth + 1)
            else:
                address, size, _, _ = struct.unpack_from("<IIII", self.data, root + child)
                begin = self.offset(address)
                yield self.data[begin : begin + size]

    def icon_sizes(self):
        """Widths of the program's pictures."""
        sizes = []
        for group in self.resources("group_icon"):
            (count,) = struct.unpack_from("<H", group, 4)
            sizes += [group[6 + 14 * i] or 256 for i in range(count)]
        return sizes

    def version(self):
        """The file's version as four numbers, None without one."""
        for block in self.resources("version"):
            at = block.find(struct.pack("<I", 0xFEEF04BD))
            if at >= 0:
                high, low = struct.unpack_from("<II", block, at + 8)
                return (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
        return None

    def version_texts(self):
        """Names and values of the version information, such as ProductName."""
        words, texts = ["ProductName", "FileDescription", "FileVersion", "ProductVersion", "LegalCopyright"], {}
        for block in self.resources("version"):
            for word in words:
                marker = (word + "\0").encode("utf-16-le")
                at = block.find(marker)
                if at >= 0:
                    begin = at + len(marker)
                    begin += -begin % 4
                    value = block[begin:].decode("utf-16-le", errors="replace").lstrip("\0")
                    texts[word] = value.split("\0")[0]
        return texts
