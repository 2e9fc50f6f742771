"""Kling's two APIs as pure functions: an order as a call, an answer as a task, a progress or an error.

Sources: Kling's developer documents at kling.ai/document-api (both generations, error codes, concurrency rules, price table), read as
of October and November 2026, and the Kling provider of Vercel's AI SDK (`packages/klingai`) of August 2026.
"""
