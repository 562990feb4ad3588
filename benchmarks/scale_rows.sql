-- The rows of a shop of any size: every value is drawn from the number of its customer, so every run is equal.
-- Each statement gives the rows of the customers numbered $low (inclusive) to $high (exclusive); later ones read the
-- chunks of earlier ones by their names. $acts is the mean number of acts per customer. The last day is 2026-06-30.

-- table: macros
CREATE OR REPLACE TEMP MACRO u(i, salt) AS (hash(i, salt) % 1000003) / 1000003.0;
CREATE OR REPLACE TEMP MACRO one_of(list, x) AS list[1 + least(floor(x * len(list))::INT, len(list)::INT - 1)];
CREATE OR REPLACE TEMP MACRO categories() AS
    ['女装', '男装', '童装', '鞋靴', '箱包', '美妆', '护肤', '家居', '食品', '数码', '运动', '母婴'];
CREATE OR REPLACE TEMP MACRO cities() AS
    ['上海市', '北京市', '深圳市', '广州市', '杭州市', '成都市', '武汉市', '苏州市', '合肥市', '绵阳市', '赣州市', '洛阳市'];
CREATE OR REPLACE TEMP MACRO moment(ago, second) AS TIMESTAMP '2026-07-01' - to_days(ago::INT + 1) + to_seconds(second::INT);

-- table: person
SELECT i, 'c' || lpad(lower(to_hex(i)), 16, '0') AS customer_id, 'member_no:M' || lpad(i::VARCHAR, 8, '0') AS account_key,
       u(i, 'quiet') < 0.3 AS is_quiet, floor(u(i, 'quiet for') * 200)::INT AS quiet_days,
       floor(-ln(1 - u(i, 'acts')) * $acts)::INT AS acts,
       CASE WHEN u(i, 'buys') < 0.75 THEN least(floor(-ln(1 - u(i, 'sales')) * $acts / 6)::INT, 400) ELSE 0 END AS sales,
       one_of(categories(), u(i, 'first')) AS first_love, one_of(categories(), u(i, 'second')) AS second_love,
       floor(8 + 15 * u(i, 'hour'))::INT AS own_hour, one_of(cities(), u(i, 'city') ** 1.5) AS city,
       CASE WHEN u(i, 'sex') < 0.6 THEN 'female' ELSE 'male' END AS gender
FROM range($low, $high) AS numbers(i)

-- table: act
WITH drawn AS (
    SELECT p.*, k, hash(i, k) AS h,
           CASE WHEN is_quiet THEN quiet_days ELSE 0 END + floor(u(h, 'day') ** 1.5 * 365)::INT AS ago,
           CASE WHEN u(h, 'own hour') < 0.5 THEN own_hour ELSE floor(u(h, 'any hour') * 24)::INT END AS hour,
           u(h, 'name') AS n, u(h, 'love') AS l
    FROM (SELECT *, unnest(range(acts)) AS k FROM person_chunk) AS p
), named AS (
    SELECT *, CASE WHEN n < .55 THEN 'view' WHEN n < .67 THEN 'page' WHEN n < .77 THEN 'search' WHEN n < .85 THEN 'cart'
                   WHEN n < .90 THEN 'favourite' WHEN n < .905 THEN 'unfavourite' WHEN n < .93 THEN 'open'
                   WHEN n < .95 THEN 'like' WHEN n < .96 THEN 'comment' WHEN n < .97 THEN 'share'
                   WHEN n < .975 THEN 'follow' ELSE 'order' END AS event_name
    FROM drawn
)
SELECT customer_id, account_key, one_of(['app', 'web', 'mini'], u(i, 'shop')) AS source,
       moment(ago, hour * 3600 + floor(u(h, 'second') * 3600)) AS occurred_at, event_name,
       CASE WHEN event_name IN ('like', 'comment', 'share', 'follow') THEN 'social'
            WHEN u(i, 'app') < 0.6 THEN 'app' ELSE 'web' END AS event_family,
       one_of(['ios', 'android', 'mini_program', 'web'], CASE WHEN u(h, 'own') < .8 THEN u(i, 'p') ELSE u(h, 'p') END)
           AS platform,
       one_of(['iPhone 16', 'Mate 70', 'Mi 15', 'Find X8', 'PC'], u(i, 'device')) AS device_model,
       CASE WHEN event_name IN ('view', 'cart', 'favourite', 'unfavourite', 'order')
            THEN 'p' || floor(u(h, 'product') ** 2 * 5000)::INT::VARCHAR END AS product_no,
       CASE WHEN event_name IN ('view', 'cart', 'favourite', 'unfavourite', 'order')
            THEN CASE WHEN l < .4 THEN first_love WHEN l < .6 THEN second_love
                      ELSE one_of(categories(), u(h, 'category')) END END AS category,
       CASE WHEN event_name = 'search' THEN one_of(categories(), u(h, 'words')) || floor(u(h, 'w') * 20)::INT::VARCHAR END
           AS search_words,
       CASE WHEN event_name = 'page' THEN '/p/' || floor(u(h, 'page') * 50)::INT::VARCHAR END AS page,
       strftime(moment(ago, 0), '%Y%m%d') || '-' || i::VARCHAR AS session_no,
       CASE WHEN event_name IN ('view', 'page') THEN floor(u(h, 'dwell') * 120)::DECIMAL(18, 4) END AS dwell_seconds,
       NULL::VARCHAR AS content, NULL::VARCHAR AS text, 'imp-00001' AS import_id, i * 4096 + k AS source_row,
       i::VARCHAR || '-' || k::VARCHAR AS row_key
FROM named ORDER BY customer_id, occurred_at, k

-- table: sale_line
WITH bought AS (
    SELECT p.*, k, hash(i, k, 'sale') AS h,
           CASE WHEN is_quiet THEN quiet_days ELSE 0 END + floor(u(hash(i, k, 'sale'), 'day') ** 1.3 * 500)::INT AS ago
    FROM (SELECT *, unnest(range(sales)) AS k FROM person_chunk) AS p
), lines AS (
    SELECT *, hash(h, j) AS g FROM (SELECT *, unnest(range(1 + floor(u(h, 'lines') ** 2 * 4)::INT)) AS j FROM bought)
), priced AS (
    SELECT *, CASE WHEN u(g, 'love') < .5 THEN first_love ELSE one_of(categories(), u(g, 'category')) END AS category,
           1 + floor(u(g, 'quantity') ** 3 * 3)::INT AS quantity,
           (10 + floor(u(g, 'price') ** 2 * 900))::DECIMAL(18, 4) AS list_price
    FROM lines
)
SELECT 'shop' AS source, 'o' || i::VARCHAR || '-' || k::VARCHAR AS order_no, customer_id,
       moment(ago, 8 * 3600 + floor(u(h, 'second') * 54000)) AS ordered_at,
       'p' || floor(u(g, 'product') * 5000)::INT::VARCHAR AS product_no, category || '单品' AS product_name, category,
       one_of(['山水', '青禾', '明月', '远山', '白露', '木棉'], u(g, 'brand') ** 1.5) AS brand,
       quantity::DECIMAL(18, 4) AS quantity, (list_price * 0.9)::DECIMAL(18, 4) AS unit_price, list_price,
       (list_price * 0.9 * quantity)::DECIMAL(18, 4) AS line_amount, u(g, 'gift') < 0.05 AS is_gift,
       u(h, 'status') < 0.93 AS is_counted, u(h, 'status') BETWEEN 0.9 AND 0.93 AS is_return, 'imp-00002' AS import_id,
       i * 4096 + k * 8 + j AS source_row
FROM priced ORDER BY customer_id, ordered_at, order_no, source_row

-- table: sale
SELECT source, order_no, 'member_no:M' || lpad((min(source_row) // 4096)::VARCHAR, 8, '0')
           AS account_key,
       customer_id, min(ordered_at) AS ordered_at,
       one_of(['门店', '天猫', '小程序', '抖音'], CASE WHEN u(order_no, 'own') < .7 THEN u(customer_id, 'channel')
                                                 ELSE u(order_no, 'channel') END) AS channel,
       's' || floor(u(customer_id, 'store') * 40)::INT::VARCHAR AS store_no, NULL::VARCHAR AS staff_no,
       CASE WHEN bool_or(is_return) THEN 'returned' WHEN bool_and(is_counted) THEN 'paid' ELSE 'cancelled' END
           AS order_status,
       sum(list_price * quantity)::DECIMAL(18, 4) AS gross_amount,
       sum(list_price * quantity - line_amount)::DECIMAL(18, 4) AS discount_amount,
       sum(line_amount)::DECIMAL(18, 4) AS paid_amount,
       CASE WHEN u(order_no, 'refund') < .04 THEN (sum(line_amount) / 2)::DECIMAL(18, 4) ELSE 0 END AS refund_amount,
       CASE WHEN u(order_no, 'refund') < .04 THEN (sum(line_amount) / 2)::DECIMAL(18, 4)
            ELSE sum(line_amount)::DECIMAL(18, 4) END AS net_revenue,
       sum(quantity)::DECIMAL(18, 4) AS item_count, bool_and(is_counted) AS is_counted,
       bool_and(is_counted) AND NOT bool_or(is_return) AS is_purchase, bool_or(is_return) AS is_return,
       CASE WHEN u(order_no, 'coupon') < u(customer_id, 'coupon') ** 2 THEN 'k' || order_no END AS coupon_no,
       NULL::VARCHAR AS province, one_of(cities(), u(customer_id, 'city')) AS city, 'CNY' AS currency, 'imp-00002' AS import_id,
       min(source_row) AS source_row
FROM sale_line_chunk GROUP BY source, order_no, customer_id ORDER BY customer_id, ordered_at, order_no

-- table: visit
SELECT customer_id, min(occurred_at) AS started_at, max(occurred_at) AS ended_at, count(*) AS event_count,
       coalesce(sum(dwell_seconds)::DECIMAL(18, 4),
                CASE WHEN count(*) > 1 THEN epoch(max(occurred_at) - min(occurred_at))::DECIMAL(18, 4) END) AS dwell_seconds,
       count(*) = 1 AS is_bounce
FROM act_chunk WHERE event_family IN ('web', 'app') GROUP BY customer_id, source, session_no
ORDER BY customer_id, started_at

-- table: person_record
SELECT account_key, CASE WHEN u(i, 'told sex') < .8 THEN gender END AS gender,
       CASE WHEN u(i, 'told birth') < .6 THEN DATE '1955-01-01' + floor(u(i, 'birth') * 18000)::INT END AS birth_date,
       moment(400 + floor(u(i, 'since') * 1500), 36000) AS registered_at,
       one_of(['app', '门店', '天猫', '扫码'], u(i, 'way')) AS registration_channel,
       one_of(['普通', '银卡', '金卡', '黑卡'], u(i, 'level') ** 3) AS member_level, city, NULL::VARCHAR AS province,
       CASE WHEN u(i, 'told school') < .4 THEN one_of(['本科', '大专', '高中', '硕士'], u(i, 'school')) END AS education,
       CASE WHEN u(i, 'told job') < .3 THEN one_of(['教师', '工程师', '学生', '医生', '自由职业'], u(i, 'job')) END AS occupation,
       floor(u(i, 'friends') ** 4 * 500)::BIGINT AS friend_count, moment(400, 40000) AS occurred_at,
       account_key AS row_key, md5(account_key) AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM person_chunk UNION ALL BY NAME
SELECT 'shop_account:T' || i::VARCHAR AS account_key,
       CASE WHEN u(i, 'lies') < .1 THEN 'male' ELSE gender END AS gender,
       CASE WHEN u(i, 'moved') < .2 THEN one_of(cities(), u(i, 'new city')) ELSE city END AS city,
       moment(floor(u(i, 'later') * 300), 50000) AS occurred_at, 'T' || account_key AS row_key,
       md5('T' || account_key) AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM person_chunk WHERE u(i, 'two accounts') < .3
ORDER BY source_row, account_key

-- table: account
SELECT account_key, split_part(account_key, ':', 1) AS namespace,
       'c' || lpad(lower(to_hex(source_row)), 16, '0') AS customer_id, '顾客' || source_row::VARCHAR AS person_name, gender,
       birth_date, import_id AS first_import_id, source_row AS first_source_row, known_at AS first_known_at,
       occurred_at AS first_seen_at, false AS is_staff, false AS is_test,
       'member_no:M' || lpad(source_row::VARCHAR, 8, '0') AS founder_account_key
FROM person_record_chunk ORDER BY customer_id, account_key

-- table: customer
SELECT customer_id, count(*) AS account_count, any_value(founder_account_key) AS founder_account_key,
       bool_or(is_staff) AS is_staff, bool_or(is_test) AS is_test, min(first_seen_at) AS first_seen_at
FROM account_chunk GROUP BY customer_id ORDER BY customer_id

-- table: identifier
SELECT account_key, 'phone' AS identifier_type, '13' || lpad(i::VARCHAR, 9, '0') AS identifier_value,
       u(i, 'verified') < .7 AS is_verified, account_key || 'p' AS row_key, md5(account_key || 'p') AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM person_chunk UNION ALL BY NAME
SELECT account_key, 'member_no' AS identifier_type, 'M' || lpad(i::VARCHAR, 8, '0') AS identifier_value,
       true AS is_verified, account_key || 'm' AS row_key, md5(account_key || 'm') AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM person_chunk ORDER BY source_row, identifier_type

-- table: customer_identifier
SELECT 'c' || lpad(lower(to_hex(source_row)), 16, '0') AS customer_id, account_key, identifier_type, identifier_value,
       is_verified, source, import_id, source_row
FROM identifier_chunk ORDER BY customer_id, identifier_type

-- table: consent
SELECT account_key, 'marketing' AS purpose, u(i, 'agrees') < .8 AS is_given, moment(floor(u(i, 'said') * 300), 43200)
           AS occurred_at, 'app' AS channel, account_key AS row_key, md5(account_key) AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM person_chunk WHERE u(i, 'asked') < .6 ORDER BY source_row

-- table: referral
SELECT 'member_no:M' || lpad(((i * 7 + k) % $high)::VARCHAR, 8, '0') AS account_key, account_key AS referrer_account_key,
       moment(floor(u(i, k) * 300), 43200) AS occurred_at, account_key || k::VARCHAR AS row_key,
       md5(account_key || k::VARCHAR) AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM (SELECT *, unnest(range(floor(u(i, 'invites') ** 12 * 6)::INT)) AS k FROM person_chunk) ORDER BY source_row, k

-- table: exposure
SELECT account_key, 'cam' || (k + 10 * (i % 3))::VARCHAR AS campaign_no, one_of(['短信', '公众号', 'push'], u(i, k)) AS channel,
       moment(floor(u(i, k + 100) * 330), 36000) AS occurred_at,
       CASE WHEN u(i, k + 200) < .9 THEN u(i, k + 300) < .15 END AS is_responded,
       account_key || k::VARCHAR AS row_key, md5(account_key || k::VARCHAR) AS row_hash, 'crm' AS source, TIMESTAMP '2026-06-01' AS known_at, 'imp-00003' AS import_id, i AS source_row
FROM (SELECT *, unnest(range(floor(u(i, 'reached') * 5)::INT)) AS k FROM person_chunk) ORDER BY source_row, k

-- table: feedback_fact
SELECT 'crm' AS source, 'f' || i::VARCHAR || '-' || k::VARCHAR AS feedback_no, account_key, customer_id,
       moment(floor(u(i, k) * 400), 43200) AS occurred_at, one_of(['survey', 'review', 'ticket'], u(i, k + 10)) AS feedback_kind,
       floor(11 * u(i, k + 20) ** .5)::BIGINT AS recommend_0_10, (1 + floor(5 * u(i, k + 30) ** .5))::BIGINT AS satisfaction_1_5,
       one_of(['物流', '质量', '客服', '价格', '尺码'], u(i, k + 40)) AS topic, NULL::VARCHAR AS text,
       round(u(i, k + 50) * 2 - 0.8, 3) AS sentiment, 'imp-00003' AS import_id, i * 8 + k AS source_row
FROM (SELECT *, unnest(range(floor(u(i, 'speaks') ** 6 * 5)::INT)) AS k FROM person_chunk) ORDER BY customer_id, occurred_at

-- table: history
SELECT *, "at"::DATE AS day FROM (
    SELECT customer_id, 'order' AS kind, ordered_at AS "at", order_status AS what, order_no AS number, store_no AS place,
           NULL::VARCHAR AS words, CASE WHEN is_counted THEN net_revenue ELSE paid_amount END AS amount,
           NULL::BIGINT AS count, import_id, source_row FROM sale_chunk
    UNION ALL
    SELECT customer_id, 'act', max(occurred_at), event_name, NULL, platform,
           coalesce(search_words, CASE WHEN count(DISTINCT category) = 1 THEN max(category) END), NULL, count(*),
           max(import_id), arg_max(source_row, row_key)
    FROM act_chunk GROUP BY customer_id, occurred_at::DATE, event_name, platform, search_words
    UNION ALL
    SELECT customer_id, 'feedback', occurred_at, feedback_kind, feedback_no, topic, text,
           satisfaction_1_5::DECIMAL(18, 4), NULL, import_id, source_row FROM feedback_fact_chunk
    UNION ALL
    SELECT 'c' || lpad(lower(to_hex(source_row)), 16, '0'), 'contact', occurred_at,
           CASE WHEN is_responded THEN 'responded' ELSE 'sent' END, campaign_no, channel, NULL, NULL, NULL, import_id,
           source_row FROM exposure_chunk
    UNION ALL
    SELECT 'c' || lpad(lower(to_hex(source_row)), 16, '0'), 'consent', occurred_at,
           CASE WHEN is_given THEN 'given' ELSE 'withdrawn' END, purpose, channel, NULL, NULL, NULL, import_id, source_row
    FROM consent_chunk
) ORDER BY customer_id, "at"
