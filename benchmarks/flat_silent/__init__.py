"""The flat program, without the SDK's messages for debugging."""
