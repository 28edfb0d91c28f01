"""Writes Tests/Fixtures/chat/templates.json and snippets.json: what Jinja, set up as `transformers` does it, makes of
templates in the published formats and of small pieces of the language.

    python Tests/Fixtures/generate/chat_templates.py

in an environment made from requirements.txt beside this file. The templates are written from the formats' descriptions.

    templates.json   [{name, template, cases: [{messages, variables, generation_prompt, text | error, generated}]}]
    snippets.json    [{template, text | error}]      with the variables of VARIABLES below
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

import chat_template_details as details

FOLDER = Path(__file__).resolve().parent.parent / "chat"

CHATML = """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

SMOLLM2 = """{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}{% endif %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

LLAMA2 = """{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set system = messages[0]['content'] %}{% else %}{% set rest = messages %}{% set system = false %}{% endif %}{% for message in rest %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"""

LLAMA3 = """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{#- The system message always comes first -#}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if date_string is not defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {{- raise_exception("tools are left out") }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("roles must alternate") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("only user and assistant roles are supported") }}
    {%- endif %}
{%- endfor %}
"""

ZEPHYR = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

QWEN25 = """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "<|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

GENERATION = """{% for message in messages %}
{%- if message.role == 'assistant' -%}
<a>{% generation %}{{ message.content }}{{ eos_token }}{% endgeneration %}
{% else -%}
<{{ message.role[0] }}>{{ message.content }}
{% endif %}
{%- endfor %}"""

MACROS = """{%- macro turn(role, content, end='<end>') -%}
    [{{ role|upper }}] {{ content|trim }}{{ end }}
{%- endmacro -%}
{%- set ns = namespace(count=0, last=none) -%}
{%- for m in messages if m.role != 'system' -%}
    {%- set ns.count = ns.count + 1 -%}
    {%- if ns.count > 3 -%}{%- break -%}{%- endif -%}
    {%- if not m.content -%}{%- continue -%}{%- endif -%}
    {{ turn(m.role, m.content) if loop.first else turn(m['role'], m['content'], end='\\n') }}
{%- else -%}
nothing
{%- endfor -%}
{{ ns.count }}{% set text %}({{ messages|length }}){% endset %}{{ text }}"""

TEMPLATES = {
    "chatml": CHATML, "smollm2": SMOLLM2, "llama2": LLAMA2, "llama3": LLAMA3, "mistral": MISTRAL, "zephyr": ZEPHYR,
    "qwen2.5": QWEN25, "generation": GENERATION, "macros": MACROS,
}


def turns(*contents: str, system: str | None = None) -> list[dict]:
    messages = [{"role": "system", "content": system}] if system is not None else []
    return messages + [{"role": ["user", "assistant"][i % 2], "content": text} for i, text in enumerate(contents)]


CONVERSATIONS = [
    turns("Hello"),
    turns("Hello", "Hi there!"),
    turns("Hello", "Hi there!", "How are you?"),
    turns("Hello", "Hi!", "And now?", "Fine.", "Good.", system="Be brief."),
    turns("  spaces \n", " \n around\t"),
    turns("Zoë 🙂 e\u0301 中文", "naïve \u200b", system="Ünïcode"),
    turns("", "", "x"),
    turns("a {{ not }} {% a %} tag", "\"quotes\" 'and' \\ backslashes"),
    [{"role": "assistant", "content": "first"}, {"role": "user", "content": "second"}],
    [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
    [{"role": "user", "content": "weather?"},
     {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "get", "arguments": {"city": "Köln", "n": [1, 2.5, None, True]}}}]},
     {"role": "tool", "content": "rain"}, {"role": "tool", "content": "wind"}],
    turns("x", "y", system=""),
]

VARIABLES = {
    "n": 7, "f": 2.5, "s": "Hello World", "u": "Zoë 🙂", "empty": "", "t": True, "no": None, "xs": [3, 1, 2],
    "words": ["b", "A", "c", "a"], "d": {"b": 1, "a": {"x": [1, 2]}, "items": "key"},
    "ms": [{"role": "user", "n": 1}, {"role": "system", "n": 2}, {"role": "user", "n": 3}], "multi": "one\ntwo\n\nthree",
}

EXPRESSIONS = """
1 + 2 * 3
(1 + 2) * 3
7 // 2
-7 // 2
7 % 3
-7 % 3
7 / 2
6 / 2
2 ** 3
-2 ** 2
2 ** -1
1e20
1.0
10000000000000000.0
1e16
0.1 + 0.2
1 / 0
'a' ~ 1 ~ none ~ true ~ [1, 'x']
'a' + 'b'
'a' + 1
'ab' * 3
3 * 'ab'
[1] + [2, 3]
'it''s'
"it's"
'say "x"'
["it's", 'say "x"', 'a\\nb']
{'a': 1, 'b': [true, none, 1.5]}
not true
not not 1
n > 3 and n < 10
n == 7.0
1 == true
'1' == 1
1 < n < 10
10 < n < 20
none == false
n is odd
n is even
n is divisibleby 7
n is divisibleby(2)
n is number
f is float
n is integer
t is boolean
t is integer
s is string
no is none
no is not none
nothing is defined
nothing is not defined
nothing is undefined
s is defined
d is mapping
xs is sequence
s is sequence
d is iterable
n is iterable
t is true
t is false
n is true
n is eq 7
n is equalto 8
n is ne 7
n is lt 8
n is ge 7
'a' is in ['a', 'b']
s is lower
'abc' is lower
'ABC' is upper
n is sameas 7
n is unknowntest
'ell' in s
'x' not in s
3 in xs
'a' in d
'x' in nothing
s.upper()
s.lower()
s.strip()
'  x '.strip()
'  x '.lstrip() + '|'
'  x '.rstrip() + '|'
'xxaxx'.strip('x')
'xyaxy'.rstrip('yx')
s.split()
s.split(' ')
'a,b,,c'.split(',')
'a,b,c'.split(',', 1)
'a,b,c'.rsplit(',', 1)
' a  b '.split()
s.startswith('Hello')
s.endswith('x')
s.startswith(('x', 'H'))
s.replace('l', 'L')
s.replace('l', 'L', 1)
s.title()
'hello wORLD'.title()
'hello wORLD'.capitalize()
s.find('World')
s.find('x')
s.count('l')
'-'.join(['a', 'b'])
'7'.isdigit()
'x'.isalpha()
s.removeprefix('Hello ')
s.nothing
s.nothing.more
s[0]
s[-1]
s[1:4]
s[::-1]
s[::2]
s[:-2]
u[-1]
u|length
xs[0]
xs[-1]
xs[5]
xs[1:]
xs[:-1]
xs[::-1]
xs[5:1:-2]
d['b']
d.b
d.a.x[1]
d['a']['x']
d['items']
d.keys()|list
d.items()|map('first')|list
d.items()|map('last')|join(' ')
d|dictsort|map('first')|join
d|items|map('first')|join
d.values()|list
d.get('b')
d.get('z')
d.get('z', 5)
d.z
d.z.y
d.z is defined
nothing
nothing.x
nothing + 1
nothing ~ 'x'
nothing|default('d')
no|default('d')
no|default('d', true)
''|default('d')
''|d('d', true)
s|upper
s|lower
s|length
xs|length
d|length
n|length
nothing|length
s|title
'hello-world foo'|title
'hELLO'|capitalize
'  x '|trim
'xax'|trim('x')
xs|join
xs|join(', ')
ms|join(',', attribute='n')
xs|first
xs|last
[]|first
xs|list
'abc'|list
xs|sort
xs|sort(reverse=true)
words|sort
words|sort(case_sensitive=true)
ms|sort(attribute='role')|map(attribute='n')|list
xs|reverse|list
s|reverse
words|unique|list
xs|sum
xs|min
xs|max
ms|map(attribute='role')|list
ms|map(attribute='zzz', default='-')|list
words|map('upper')|list
ms|selectattr('role', 'equalto', 'user')|list|length
ms|selectattr('n')|map(attribute='n')|list
ms|rejectattr('role', 'equalto', 'user')|map(attribute='n')|list
xs|select('odd')|list
xs|reject('odd')|list
xs|select('gt', 1)|list
s|replace('o', '0')
s|replace('o', '0', 1)
'42'|int
'x'|int
'x'|int(5)
'3.9'|int
3.9|int
'2.5'|float
7|float
-5|abs
-2.5|abs
2.567|round(2)
2.5|round
2.1|round(0, 'ceil')
n|string
d|string
true|string
s|safe
multi|indent
multi|indent(2)
multi|indent(2, true)
multi|indent(2, first=true, blank=true)
d|tojson
xs|tojson
xs|tojson(indent=2)
d|tojson(indent=4)
'é "q" \\n'|tojson
u|tojson
[1.0, 1e20, true, none]|tojson
{}|tojson
[]|tojson(indent=2)
{1: 2}|tojson
d|tojson(sort_keys=true)
d|tojson(separators=(',', ':'))
s|unknownfilter
'a' if t else 'b'
'a' if no else 'b'
'a' if no
('a' if no) is defined
n if n > 100 else s if t else 'z'
range(3)|list
range(1, 4)|list
range(5, 0, -2)|list
range(100000000)|list
range('x')
namespace(a=1).a
dict(a=1, b='x')
dict(a=1)|tojson
[1, [2, [3]]]|string
xs == [3, 1, 2]
xs != [3]
[1, 2] < [1, 3]
'a' < 'b'
'a' < 1
n < none
'abc'[1]
'abc'[7]
{'a': 1}['a']
{'a': 1}.a
[1, 2, 3][1:][0]
(n + 1) is even
n + 1 is even
not n is odd
n|string|length
-n|abs
xs.append(4)
d.update({'z': 1})
d.pop('b')
raise_exception('stop: ' ~ n)
undefined_function(1)
1 if
(1
[1, 2
{'a' 1}
'open
1 ++ 2
a.
a[
|upper
1 | 2
_private
loop
True and False
None
'\\u00e9\\x41'
'tab\\there'
'a' 'b'
1_000
""".strip("\n").split("\n")

STATEMENTS = [
    "{% if n > 3 %}a{% elif n > 1 %}b{% else %}c{% endif %}",
    "{% if nothing %}a{% elif s %}b{% endif %}",
    "{% for x in xs %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }},{% endfor %}",
    "{% for x in xs %}{{ loop.previtem }}{{ x }}{{ loop.nextitem }};{% endfor %}",
    "{% for x in [] %}a{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}",
    "{% for (a, b) in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{% for x in xs if x > 1 %}{{ x }}{{ loop.index }} {% endfor %}",
    "{% for x in xs if x > 5 %}{% else %}none{% endfor %}",
    "{% for x in xs %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% for y in xs %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "{% set a = 1 %}{% for x in xs %}{% set a = a + x %}{% endfor %}{{ a }}",
    "{% set a = 1 %}{% if t %}{% set a = 2 %}{% endif %}{{ a }}",
    "{% set ns = namespace(a=1) %}{% for x in xs %}{% set ns.a = ns.a + x %}{% endfor %}{{ ns.a }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a = 1, 2 %}{{ a|length }}",
    "{% set s.x = 1 %}",
    "{% set block %}x{{ n }}{% endset %}{{ block }}{{ block|length }}",
    "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}",
    "{% macro m(a) %}{{ a }}{{ n }}{% endmacro %}{% set n = 9 %}{{ m(1) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{% if a > 0 %}{{ a }}{{ m(a - 1) }}{% endif %}{% endmacro %}{{ m(4) }}",
    "{# a comment #}x{# another\none #}y",
    "a\n{# comment #}\nb",
    "a\n  {% if t %}\n  b\n  {% endif %}\nc",
    "a\n  {%- if t %}\n  b\n  {%- endif %}\nc",
    "a\n  {% if t -%}\n  b\n  {% endif -%}\nc",
    "a\n  {%+ if t %}\n  b\n  {%+ endif %}\nc",
    "a {{- ' b ' -}} c",
    "a\n{{ n }}\nb\n",
    "a\n  {{ n }}  \nb\n\n",
    "x {% if t %} y {% endif %} z",
    "{% if t %}\n\n\nx{% endif %}",
    "{% for x in xs %}\n  {{ x }}\n{% endfor %}\nend",
    "{% for x in xs -%}\n  {{ x }}\n{%- endfor %}\nend",
    "    {% set a = 1 %}    {{ a }}",
    "\t{% set a = 1 %}\n\t{{ a }}",
    "{{ '{{' }}{{ '}}' }}{{ '{%' }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}",
    "{{ {'a': 1} }}",
    "{{ '}}' }}",
    "{% if '%}' %}x{% endif %}",
    "{%if t%}x{%endif%}",
    "{{n}}{{ n }}{{-n-}}",
    "{% if t %}x",
    "{% endif %}",
    "{% for x in xs %}x",
    "{% else %}",
    "{% unknown %}",
    "{% if %}x{% endif %}",
    "{{ }}",
    "{{ n",
    "{% if t }x{% endif %}",
    "{# open",
    "plain text only",
    "",
    "\n",
    "a\r\nb\r\n{{ n }}\r\n",
    "{% for m in ms %}{{ m.role }}{{ m['n'] }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for x in 'abc' %}{{ x }}.{% endfor %}",
    "{% for x in n %}{% endfor %}",
    "{% for x in range(3) %}{{ x }}{% endfor %}",
    "{% for x in xs|sort %}{{ x }}{% endfor %}",
    "{% for x in xs %}{{ loop.index is odd }}{{ 'z' if loop.last else 'y' }}{% endfor %}",
    "{% set x = xs|first if xs else 0 %}{{ x }}",
    "{% generation %}a{{ n }}{% endgeneration %}b",
    "{% if t and (n > 3 or no) and not empty %}yes{% endif %}",
    "{{ raise_exception('no') if n > 100 else 'fine' }}",
    "{% set m = ms[1:] %}{{ m|length }}{{ ms[-1].role }}",
    "{%- set a = 1 -%}  {{- a }}  \n  {%- set b = 2 %}  {{ b }}",
    "{{ 'a\nb' }}",
    "{% set x = 'a' %}\n{{ x }}",
    "{{ ms[0]['role'] ~ ': ' ~ ms[0].n }}",
    "{% if ms[0].content is defined %}a{% else %}b{% endif %}",
    "{% if ms[0]['content'] %}a{% else %}b{% endif %}",
    "{% set q = {'a': xs} %}{% for x in q.a %}{{ x }}{% endfor %}",
]


def run(template: str, variables: dict) -> dict:
    try:
        compiled = _compile_jinja_template(template)
        blocks, indices = [], []
        with compiled.environment.activate_tracker(blocks, indices):
            # `transformers` gives tools and documents to every template.
            for block in compiled.generate(**{"tools": None, "documents": None, **variables}):
                blocks.append(block)
        text = "".join(blocks)
        return {"text": text, "generated": [[len(text[:a].encode()), len(text[:b].encode())] for a, b in indices]}
    except Exception as error:  # whatever it is, it is an error
        return {"error": f"{type(error).__name__}: {error}".split("\n")[0]}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    tokens = {"bos_token": "<s>", "eos_token": "</s>"}
    templates = []
    for name, template in TEMPLATES.items():
        cases = []
        for messages in CONVERSATIONS:
            for prompt in [False, True]:
                result = run(template, dict(messages=messages, add_generation_prompt=prompt, **tokens))
                cases.append({"messages": messages, "generation_prompt": prompt, **result})
        templates.append({"name": name, "template": template, "variables": tokens, "cases": cases})
    sources = STATEMENTS + details.STATEMENTS + ["{{ " + e + " }}" for e in EXPRESSIONS + details.EXPRESSIONS]
    # Filters may change what they are given, so each has its own.
    snippets = [{"template": t, **run(t, deepcopy(VARIABLES))} for t in sources]
    for name, content in [("templates", templates), ("snippets", {"variables": VARIABLES, "snippets": snippets})]:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(templates)} templates, {len(snippets)} snippets, {sum('error' in s for s in snippets)} of them errors")
