"""The living 客户画像管理文档: facts put into sentences, tables and charts, and written as HTML and Markdown."""
