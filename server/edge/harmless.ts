/**
 * What a person has to say about the lists of offensive words.
 *
 * Left out of them is whatever means something harmless in any of the eight languages (French "con" is Spanish "with",
 * French "bitte" a German "please"), what people are ("gay"), parts of the body as a doctor names them, and what is only
 * about love or bad manners.
 */
export const HARMLESS = `
13.|13点|2 girls 1 cup|alabama hot pocket|alaskan pipeline|anus|ass|auto erotic|autoerotic|ball kicking|baby batter|baby juice|bareback
barely legal|barenaked|bastinado|big black|big breasts|big knockers|bimbo|bimbos|birdlock|blonde action
blonde on blonde action|blue waffle|bondage|boob|booty call|bullet vibe|butt|busty|camel toe|chocolate rosebuds
cialis|clover clamps|coprophilia|cornhole|cumming|deep throat|dendrophilia|dick|dirty pillows|dog style|domination|ecchi|erotic
erotism|escort|eunuch|fecal|fingering|genitals|girl on|girl on top|god damn|grope|guro|hard core|hardcore|hooker|hot carl
hot chick|how to kill|how to murder|huge fat|intercourse|jelly donut|juggs|kike|kinky|knobbing|leather restraint
leather straight jacket|lemon party|lolita|lovemaking|make me come|mong|mound of venus|mr hands|negro|nipple|nipples
nsfw|nude|nudity|octopussy|panties|panty|pegging|playboy|pleasure chest|poof|poon|prince albert piercing|quim|rape|rectum
rosy palm|rusty trombone|sadism|santorum|scat|scissoring|semen|sex|sexo|sexy|sexual|sexually|sexuality|shota|shrimping|skeet
snatch|snowballing|spread legs|strappado|strap on|strip club|style doggy|suck|sucks|suicide girls|sultry women|swastika|swinger
tainted love|taste my|tied up|tight white|tit|tongue in a|topless|tushy|twink|twinkie|undressing|venus mound|viagra|vibrator
violet wand|voyeur|vulva|wet dream|wrapping men|wrinkled starfish|xx|xxx|yaoi

bonze|bratze|dödel|fratze|ische|kacke|kacken|kackbratze|kackwurst|kimme|lümmel|möpse|mopse|mose|mufti|nackt|nippel
orgasmus|orgasm|pinkeln|pissen|pisser|popel|poppen|reudig|rosette|schabracke|schiesser|schnackeln|tittchen|vögeln|vogeln

baiser|bander|bigornette|bite|bitte|bloblos|bordel|bourré|bourrée|bourre|bourree|branlage|caca|chatte|clitoris|con|cul
déconne|deconne|déconner|deconner|folle|gerbe|gerber|grande folle|gueule|jouir|ménage à trois|menage a trois|meuf|pédale
pedale|pede|péter|peter|pipi|pute|râpe|rapé|râpé|ramoner|suce|tanche|tapette|teuch|trique|zigounette|zizi

asesinato|asno|chupada|chupetón|chupeton|concha|cono|cône|culo|drogas|esperma|fiesta de salchichas|haciendo el amor
heroína|heroina|idiota|imbécil|imbecil|infierno|kapullo|maciza|macizorra|maldito|martillo|orina|pedo|pervertido
pezón|pezon|pinche|pis|prostituta|racista|sádico|sadico|sexo oral|tetas grandes|tía buena|tia buena|travesti|trio

aborto|amador|ânus|aranha|ariano|balalao|bicha|biscate|bissexual|braulio de borracha|bumbum|burro|cacete|cagar|camisinha
cerveja|chupar|cocaína|cocaina|coito|comer|consolo|corno|cu|dum raio|frango assado|gozar|grelho|heterosexual|homem gay
homoerótico|homoerotico|homosexual|inferno|lésbica|lesbica|mama|passar um cheque|pau|peidar|pênis|pinto|porra|queca
sacanagem|saco|torneira|transar|vadia|veado|vibrador|xana

3p|エッチ|二穴|自己愛性|g スポット|sm|s ＆ m|sm女王|アジアのかわいい女の子|いたずら|エクスタシー|エスコート|エロティズム|エロティック|オーガズム
おしっこ|おしり|オシリ|おもらし|お尻|カーマスートラ|カント|グロ|ゲイボーイ|コカイン|ゴックン|サディズム|しばり|スウィンガー
スカートの中|ストリップ劇場|スラット|スリット|セクシーな|セクシーな 10 代|ディック|デブ|トップレス|なめ|ヌード|ハードコア
バイブレーター|バック・スタイル|パンティー|ファンタジー|フィスト|フェティッシュ|フック|プリンス アルバート ピアス|プレイボーイ
ボーイズラブ|ぽっちゃり|ホモ|ボンテージ|やおい|ラティーナ|ラバー|ランジェリー|レズビアン|ローター|ロリータ|革抑制|嫌い
合意の性交|拷問|殺し方|殺人事件|殺人方法|支配|縛り|女の子|女王様|女子高生|女装|人妻|人種|生殖器|挿入|足を広げる|脱衣
茶色のシャワー|直腸|剃毛|貞操帯|奴隷|乳首|覗き|噴出|平手打ち|変態|毛深い|誘惑|裸|裸の女性|両性|両性具有|両刀|卍|宦官|肛門|膣

九游|个老子的|乳|乳头|乳房|交配|他妈|他娘|他奶奶|他奶奶的|你妈|你妈的|你娘|你奶奶的|你全家|你是鸡|你是鸭|你老闆|你马的|他马的|她马的|妳马的|奶奶的熊|刚度|包皮
十三点|卵|卵子|后庭|吹箫|处女|外阴|大卵子|奶|奶子|她妈的|它妈的|妈妈的|妈的|娘的|妓|小卵子|小肉粒|尻|屁股|巨乳|干七八|干死CS
干死GM|干死客服|幹|性|性器|性无能|性爱|情色|想上你|懒八|成人|打炮|打飞机|插你|撒尿|撚|放荡|月经|柒|淫|湿透的内裤|激情
爛|狗屁|玉杵|白烂|白痴|白癡|硬膠|祖宗|私服|笨實|笨蛋|粉腸|精子|老二|老味|老母|肥西|花柳|贱|賤|迷药|逼|野鸡|阴部|靠北|靠背
靠母|靠爸|靠腰|鬼公|鳩|鸡鸡|龟头|机机歪歪|小鸡鸡|奸|姦|射你|密洞|干你

ثدي|بز|بزاز|حلمة|لعق|لحس|مص|تمص|فرج|شهوة|شاذ|مبادل|جماع|قضيب|احتلام|لبوة|بظر|خنثي|سحاق|شرج|مفلقسة|نيك|خول|سحاقية|بيضان
`;

/** Left out by the lists. */
export const MORE = `
cocksucker|cocksuckers|dickhead|dickheads|dumbass|hitler|heil hitler|jerkoff|kys|niggas|raped|rapes|rape you|rape her|rape him|gang rape|retarded|shithead|shithole|shits|shitting
wanker|wankers|whores|sluts|slutty

drecksau|fickt|gefickt|hurensöhne|huren|missgeburt|nutten|spast|spasti|verfickt|wixer|wixxer|arschgeige

enculer|ntm|nique ta mere|salopes|saloperie|salopard|salopards|sale pute|ta pute|grosse pute|putes

a tomar por culo|cabrona|cabrones|chinga|chingada|chingar|cojones|hijos de puta|hdp|joder|malparido|maricones|mierdas
pendeja|putas|que te den por culo

arrombado|cuzão|puta merda|viado|vtnc|foda-se|fodase|filhos da puta|vai tomar no cú

くそ|クソ|糞|くそったれ|クソ野郎|くそ野郎|死ね|ぶっ殺す|くたばれ|キチガイ|きちがい|気違い|ガイジ|ちんぽ|チンポ|チンコ|マンコ|おまんこ
クソガキ|ヤリマン

他媽的|他妈的|草你妈|艹你妈|幹你娘|操你媽|肏你妈|傻屄|狗日的|nmsl|cnmd|煞笔|去你妈的|贱人|賤人

كسمك|كس امك|كس أمك|شرموط|شراميط|منيوك|زبي|طيزك|ابن الشرموطة|ابن القحبة|يا شرموطة|خرا|عرصة|نيكك|انيكك|أنيكك|نيك امك|نيك أمك|منيك
`;

/** Beginnings that no harmless word of the eight languages has; the first may stand anywhere in a word. */
export const STEMS =
  'fuck|^(assh[o0]le|arsehole|bitch|cunt|faggot|nigger|bullshit|arschl[oö]ch|hurens[oö]hn|fotze|wichser|schlampen?$|schwuchtel|scheiss|encul[eé]|connard|putain|gilipoll|hijoput|caralh|شرموط)';
