"""The only room that knows wechatpy: login, notices, push, credits."""
