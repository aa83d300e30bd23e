"""A reader process whose reading hangs, crashes, takes all memory or calls home where the page says so."""

import os
import signal
import socket
import sys
import time
from datetime import datetime
from multiprocessing.connection import Connection

from extractors.pages.read import read_page
from extractors.pages.reader_process import serve
from extractors.records import Page


def read(body: bytes, url: str, content_type: str, now: datetime) -> Page:
    if b"please hang" in body:
        time.sleep(600)
    if b"please crash" in body:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"please fill" in body:
        return len(bytearray(8 << 30))
    if b"please call" in body:
        socket.create_connection(("127.0.0.1", int(body.split()[2])), timeout=5)
    if b"please resolve" in body:
        socket.getaddrinfo("paper.example", 80)
    return read_page(body, url, content_type, now)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3]), read)
