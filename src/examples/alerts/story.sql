-- What happens, step by step; the number is that of the event under expected/.

-- 01: a new article. The shop answers that it is gone for good, and so is disabled: 02 tells the chat, 03 Teams.
INSERT INTO article VALUES (1, 'CUP-01', 'Cup, white');
