"""Prints the OpenAPI document: `python -m sightline.serve.openapi`. The UI's types are made from it."""

import json

from sightline.serve.app import api_app

if __name__ == "__main__":
    print(json.dumps(api_app().openapi(), indent=1, ensure_ascii=False, sort_keys=True))
