"""Lists orders with requests: a Session in each thread, and a pause after 429 until there is none.

Prints how many seconds it took, and how many calls failed.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

base_url, api_key, ca_file, orders, threads, pause = sys.argv[1:]
local = threading.local()


def session():
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.verify = ca_file
        local.session.trust_env = False
        local.session.headers["X-DC-DEVKEY"] = api_key
        local.session.headers["Content-Type"] = "application/json"
    return local.session


def rows(order):
    url = f"{base_url}/order/certificate/{order}/reissue"
    while True:
        response = session().get(url, timeout=30)
        if response.status_code != 429:
            response.raise_for_status()
            return len(response.json()["certificates"])
        time.sleep(float(pause))


def failed(order):
    try:
        return rows(order) != 3
    except requests.RequestException:
        return True


start = time.monotonic()
with ThreadPoolExecutor(int(threads)) as pool:
    failures = sum(pool.map(failed, range(1, int(orders) + 1)))
print(time.monotonic() - start, failures)
