"""A stand-in for WeChat's own servers that keeps WeChat's rules: codes, tokens, credits, field limits, errors.

Written apart from `backend/wechat` on purpose: where the two disagree, a test falls.
"""
