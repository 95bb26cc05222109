"""Tests of stack files on Pulumi's mocks: no engine, no cloud account, no credentials."""
