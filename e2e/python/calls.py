"""What people do with the official Python client, against the gateway at the address that is given. Run by record.ts."""
import sys
import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)
asked = [{"role": "user", "content": "Who are you?"}]
tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]

assert "chat/echo" in [model.id for model in client.models.list()]
assert client.models.retrieve("chat/echo").id == "chat/echo"

whole = client.chat.completions.create(model="chat/echo", messages=asked, max_tokens=50)
assert whole.choices[0].message.content == "You said: Who are you?", whole
assert int(whole.usage.cost_wei) > 0

stream = client.chat.completions.create(model="chat/echo", messages=asked, stream=True, stream_options={"include_usage": True})
chunks = list(stream)
assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "You said: Who are you?", chunks
assert int(chunks[-1].usage.cost_wei) > 0

with client.chat.completions.stream(model="chat/echo", messages=asked, tools=tools) as helped:
    final = helped.get_final_completion()
assert final.choices[0].message.tool_calls[0].function.arguments == '{"said":"Who are you?"}', final

called = client.chat.completions.create(model="chat/echo", messages=asked, tools=tools, tool_choice="auto")
call = called.choices[0].message.tool_calls[0]
result = {"role": "tool", "tool_call_id": call.id, "content": "a model"}
after = client.chat.completions.create(model="chat/echo", messages=[*asked, called.choices[0].message, result])
assert after.choices[0].message.content == "You said: a model", after

schema = {"type": "json_schema", "json_schema": {"name": "said", "schema": {"type": "object"}}}
held = client.chat.completions.create(model="chat/echo", messages=asked, response_format=schema)
assert held.choices[0].message.content == '{"said":"Who are you?"}', held

for model, kind in (("gpt-9", openai.NotFoundError), ("chat/fails", openai.InternalServerError)):
    try:
        client.chat.completions.create(model=model, messages=asked)
        raise SystemExit(f"{model} answered")
    except kind as error:
        assert error.code in ("model_not_found", "no_provider"), error

try:
    list(client.chat.completions.create(model="chat/cut", messages=asked, stream=True))
    raise SystemExit("a broken stream ended well")
except openai.APIError as error:
    assert "broke off" in str(error), error

print(openai.__version__)
