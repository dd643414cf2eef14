-- How prompts begin: their system instructions, else their messages.
SELECT trace_id, span_id, substringUTF8(if(system != '', system, messages), 1, {chars:UInt64}) AS preview, leading_system_bytes
FROM $prompts
