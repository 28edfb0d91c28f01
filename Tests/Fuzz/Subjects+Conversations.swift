import Foundation
import SparseGrad
import TestSupport

extension Subject {
  /// Chat templates that use much of the language.
  static func chatTemplates() -> Subject {
    let files = [
      "turns.jinja": """
      {%- if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% else %}
      {%- set rest = messages -%}{% endif %}
      {% for m in rest if m.content is defined and m.content|trim|length > 0 %}
        {%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{% continue %}{% endif %}
      {{ bos_token ~ '[' + m.role|upper + ']\\n' + m.content.strip() }}{# a comment -#}
        {% generation %}{{ m.content.split(' ')[-1] }}{% endgeneration %}
      {% else %}nothing{% endfor -%}
      {{ '<go on>' if add_generation_prompt else raise_exception('no: ' ~ rest|length) }}
      """,
      "values.jinja": """
      {% set ns = namespace(n=0, all=[], text='') %}
      {% macro shown(value, end='\\n') %}{{ value|tojson(indent=2) }}{{ end }}{% endmacro %}
      {% for key, value in {'b': [1, 2.5, none], 'a': {'x': (true, 'y')}}|dictsort %}
        {% set ns.n = ns.n + loop.index ** 2 // 1 %}{% set ns.all = ns.all + [key, value] * 2 %}
        {% set ns.text = ns.text ~ key * 3 ~ value %}{{ shown(value) }}
        {%- if ns.n > 10 and not (key in ns.text) or ns.n is divisibleby 7 %}{% break %}{% endif %}
      {% endfor %}
      {% set block %}{{ messages|map(attribute='role')|unique|sort|join(', ') }}{% endset %}
      {{ block|replace('user', 'you')|title|indent(4) }}{{ ns.text[::-1][1:-1:2] }}
      {{ messages|selectattr('role', 'equalto', 'user')|list|length }}{{ range(1, 9, 3)|list }}
      {{ ns.all|string|length - 3.7|round(1)|abs }}{{ '%d' if ns.x is defined else 'é\\u00e9' }}
      """,
    ].mapValues { Data($0.utf8) }
    return Subject(name: "chat-templates", files: files, spoilt: files.keys.sorted()) { folder in
      let messages: [JSONObject] = [
        ["role": .string("system"), "content": .string("Be brief.")],
        ["role": .string("user"), "content": .string("What is 🙂?  ")],
        ["role": .string("assistant"), "content": .string("a face")],
      ]
      for name in files.keys.sorted() {
        let file = folder(name)
        let source = String(decoding: try InputFile.textBytes(of: file), as: UTF8.self)
        _ = try ChatTemplate(source, name: file.path).render(
          messages, ending: .generationPrompt, variables: ["bos_token": .string("<s>")])
      }
    }
  }

  /// Conversations in every form.
  static func conversations() -> Subject {
    let files = [
      "messages.jsonl": """
      {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"}]}, {"role": "assistant", "content": "b"}]}
      {"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
      """,
      "sharegpt.json": """
      [{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
      {"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "c"}, {"from": "gpt", "value": "d"}]}]
      """,
      "completion.jsonl": """
      {"prompt": "a", "completion": "b"}
      {"instruction": "sum up", "input": "c", "output": "d"}
      """,
      "openassistant.jsonl": """
      {"message_id": "1", "parent_id": null, "message_tree_id": "1", "role": "prompter", "text": "a", "lang": "en", "rank": null, "deleted": false}
      {"message_id": "2", "parent_id": "1", "message_tree_id": "1", "role": "assistant", "text": "b", "lang": "en", "rank": 1, "deleted": false}
      {"message_id": "3", "parent_id": "1", "message_tree_id": "1", "role": "assistant", "text": "c", "lang": "en", "rank": 0, "deleted": false}
      {"message_id": "4", "parent_id": "3", "message_tree_id": "1", "role": "prompter", "text": "d", "lang": "en", "deleted": true}
      """,
      "trees.jsonl": """
      {"message_tree_id": "1", "tree_state": "ready_for_export", "prompt": {"message_id": "1", "role": "prompter", "text": "a", "lang": "de", "replies": [{"message_id": "2", "parent_id": "1", "role": "assistant", "text": "b", "lang": "de", "rank": 0, "replies": []}]}}
      """,
    ].mapValues { Data($0.utf8) }
    return Subject(name: "conversations", files: files, spoilt: files.keys.sorted()) { folder in
      var best = ConversationOptions()
      best.replies = .best
      best.languages = ["en", "de"]
      for name in files.keys.sorted() {
        let file = folder(name)
        _ = Dataset.holdsConversations(file)
        _ = try Dataset(conversationsOf: file)
        _ = try Dataset(conversationsOf: file, best)
      }
    }
  }
}
