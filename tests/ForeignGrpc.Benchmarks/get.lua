-- Reads of one key.
dofile("tests/ForeignGrpc.Benchmarks/common.lua")
