"""Pure estimators and tests: arrays in, values out; each module is public, each function says where its formula comes from."""
