#!/usr/bin/env python3
"""A proxy that asks for NTLM and checks the password for real, on one connection as NTLM has it.

    ntlm_proxy.py PORT ACCOUNTS

ACCOUNTS is a file of lines DOMAIN:USER:PASSWORD. Needs the Python package pyspnego.
"""

import base64
import os
import re
import socket
import sys
import threading

PAGE = b"<html><title>Contoso Web Gateway</title></html>"


def read_head(client):
    head = b""
    while b"\r\n\r\n" not in head:
        received = client.recv(65536)
        if not received:
            return None
        head += received
    return head


def answered(sign_in, head):
    """The sign-in after this request, and what the proxy says to its token."""
    given = re.search(rb"(?im)^proxy-authorization: *ntlm +(\S+)", head)
    if not given:
        return None, b""
    sign_in = sign_in or spnego.server(protocol="ntlm")
    try:
        return sign_in, sign_in.step(base64.b64decode(given[1])) or b""
    except spnego.exceptions.SpnegoError as error:
        print("refused:", type(error).__name__, flush=True)
        return None, b""


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    sign_in = None
    while head := read_head(client):
        sign_in, challenge = answered(sign_in, head)
        if sign_in and sign_in.complete:
            print("signed in:", sign_in.client_principal, flush=True)
            host, port = re.match(rb"CONNECT (\S+?):(\d+) ", head).groups()
            server = socket.create_connection((host.decode(), int(port)))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=pump, args=(server, client), daemon=True).start()
            return pump(client, server)
        offer = b"NTLM " + base64.b64encode(challenge) if challenge else b"NTLM"
        client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: %s\r\nContent-Length: %d\r\n\r\n%s"
                       % (offer, len(PAGE), PAGE))


os.environ["NTLM_USER_FILE"] = sys.argv[2]
import spnego  # noqa: E402: it reads that variable

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
