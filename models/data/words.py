"""Word lists of the fable grammar. Order matters: a list is drawn from with falling weight, so that the first
words become common (whole tokens of the tokenizer) and the last ones rare."""

_TEXT = {
    # who
    "boy": """Tom Peter Hugo Oliver Martin Jonas Felix Simon Anton Walter Otto Edmund Robin Gregor Casper Leo Arthur
        Bertram Colin Duncan Ivor Jasper Luka Magnus Nils Oscar Percy Rufus Silas Tobias Victor Wendel Alban Barnaby
        Cedric Dorian Emil Finn Gideon Hector Ivan Kaspar Lorenz Milo Ned Orlando Piers Roland Stefan Ulric Bruno
        Conrad Elias Gilbert Harald Matteo Rowan Tristan""",
    "girl": """Anna Mary Clara Rosa Elsa Lucy Martha Nora Agnes Ida Greta Hanna Julia Marta Sofia Wilma Alma Beatrice
        Cora Dora Edith Flora Helena Irma Johanna Katrin Lina Mathilda Nelly Odile Paula Rebecca Stella Thea Ursula
        Vera Winifred Ada Bridget Celia Daphne Esther Freya Gemma Hazel Isolde Judith Lydia Mabel Olive Pearl Ruth
        Sabina Tilda Una Viola Yvonne Maud""",
    "animal": """fox hare mouse crow wolf bear owl goat frog hedgehog badger squirrel donkey rooster tortoise otter
        sparrow cat dog goose lamb beaver weasel heron mole rabbit stork pig ox magpie ferret lynx swan toad raven
        deer marten pigeon rat hen""",
    "trade": """miller baker weaver farmer shepherd tailor smith potter carpenter fisherman hunter cobbler gardener
        innkeeper merchant woodcutter beekeeper ferryman mason painter clockmaker glassblower tinker peddler fiddler
        candlemaker basketmaker butcher brewer dyer scribe tanner cooper thatcher saddler roofer plowman bookbinder
        lacemaker cheesemaker""",
    "elder": """grandmother grandfather judge priest mayor teacher abbot widow hermit doctor healer captain bailiff
        schoolmaster countess nun""",
    "passer": """beggar soldier pilgrim sailor minstrel nurse monk milkmaid juggler messenger student traveler
        washerwoman goatherd wanderer tax-collector drummer chimney-sweep knight stranger""",
    "folk": """neighbors villagers children travelers shepherds cousins farmers women men elders merchants workers
        sisters brothers apprentices servants fishermen hens geese sparrows crows frogs""",
    # how they are
    "good": """kind honest gentle patient brave cheerful humble wise careful faithful generous clever quiet modest
        thoughtful friendly hardworking loyal merciful steady thrifty polite sensible tender calm noble trusting
        earnest grateful helpful""",
    "bad": """proud greedy lazy vain jealous stubborn boastful selfish careless cunning impatient rude foolish sly
        hasty stingy idle envious haughty spiteful sullen grumpy quarrelsome conceited deceitful ungrateful nosy
        crafty mean bitter""",
    "look": """young old small tall thin round little stout gray lame ragged freckled red-haired bent pale sturdy
        one-eyed slender plump long-legged silver-haired barefoot handsome weary half-blind""",
    "feel": """happy sad angry tired afraid hungry ashamed lonely surprised pleased sorry glad worried thirsty curious
        restless puzzled content bored miserable relieved hopeful frightened embarrassed uneasy delighted furious
        gloomy homesick sleepy bewildered anxious""",
    "mannerly": """softly quietly slowly quickly sadly gladly gently proudly kindly angrily carefully loudly bravely
        politely eagerly sternly calmly boldly merrily wearily hoarsely shyly bitterly warmly solemnly patiently
        sharply drowsily cheerfully timidly coldly earnestly humbly""",
    # where
    "village": """Ashford Millbrook Oakham Stonebridge Greenhill Fernley Redmoor Willowdale Brackwater Hazelton
        Thornbury Lindenfeld Applecross Dunmere Foxley Goldfield Harrowgate Ivydale Kestrel Langwick Marshend
        Netherby Otterburn Pinecroft Quarrydale Ravensholm Silverton Tanglewood Underhill Wexley Yarrow Birchover
        Cloverton Drumlin Elmstead Farrowdale""",
    "land": """forest river hill valley meadow lake mountain field marsh road wood stream sea moor cliff pond orchard
        bridge shore heath glen waterfall island desert canyon ravine harbor quarry pasture vineyard""",
    "spot": """well mill barn market church inn gate bridge fountain garden bakery stable tower cottage shed
        crossroads tavern chapel smithy granary square windmill bakehouse courtyard hayloft boathouse haystack
        hollow fence ditch graveyard cellar attic""",
    "room": """kitchen cellar attic loft pantry bedroom workshop hall parlor porch stable yard""",
    "way": """path road lane track trail bridge highway footpath slope stairway riverbank""",
    "near": "near beside behind beyond by outside",
    "landadj": """dark green deep wide quiet cold wild steep lonely misty silver stony narrow golden windy sunny
        frozen muddy endless gray shady crooked blue gloomy fertile barren rocky mossy rolling peaceful snowy sandy
        foggy dusty sleepy enchanted haunted""",
    # things
    "thing": """ring lamp coat kettle basket key bell cup knife blanket hat mirror drum flute book boat chest clock
        rope spoon bucket lantern ladder broom candle purse pot saddle shawl comb needle brush jug wheel spade ax
        hammer net fiddle pillow whistle locket crown scarf barrel plow anchor sword chisel thimble kite sled quilt
        spyglass harp tambourine trowel cradle bridle goblet medal compass teapot""",
    "thingadj": """golden silver old new heavy shining little broken wooden painted rusty beautiful fine worn
        precious iron copper strange tiny carved polished plain crooked brass cracked magic leather woolen
        embroidered crystal battered faded ivory striped velvet jeweled patched priceless glittering tarnished""",
    "food": """bread cheese apple pie soup honey cake egg pear fish porridge nut plum sausage onion turnip berry
        cabbage carrot pudding butter dumpling pancake cherry bean mushroom biscuit radish bun stew chestnut
        pumpkin raisin walnut peach fig oatcake leek ham""",
    "goods": """apple egg pear cheese loaf plum fish nut cabbage turnip melon carrot onion candle pot basket cherry
        pumpkin broom hat chestnut blanket ribbon walnut bowl peach jug mitten brick horseshoe feather button quince
        lemon stocking sheepskin""",
    "foodadj": """fresh warm sweet sour hot ripe burnt salted stale roasted juicy bitter tasty crisp soft dry rotten
        smoked spicy buttered delicious frozen""",
    "spotadj": """old empty crowded ruined narrow dark noisy broken locked white quiet busy new wooden burning dusty
        abandoned cozy hidden famous whitewashed tumbledown""",
    "plantadj": """tall young old wild wet dead fresh bare crooked tender withered fragrant lonely hollow blooming
        rare bitter shady scented leafy thorny""",
    "beastadj": """big wild white black hungry angry fat lame sleeping tame old young gray lost brown spotted fierce
        thirsty noisy swift shaggy speckled timid enormous""",
    "treasure": """gold silver pearls rubies coins jewels amber emeralds diamonds silk spices sapphires ivory""",
    "beast": """cow horse sheep goat pig donkey hen goose ox duck mule pony calf ram turkey""",
    "tree": """oak apple pine willow birch pear elm ash linden cherry beech chestnut walnut fir hazel maple poplar
        plum cedar juniper alder rowan""",
    "flower": """rose lily daisy violet poppy tulip bluebell primrose marigold clover foxglove snowdrop iris
        sunflower buttercup thistle lavender peony crocus cornflower""",
    "herb": """mint sage thyme garlic chamomile rosemary parsley fennel yarrow nettle dill sorrel lavender basil
        valerian mugwort""",
    "bird": """lark robin owl crow swallow thrush dove finch cuckoo jackdaw hawk wren blackbird kingfisher
        nightingale starling falcon goldfinch curlew""",
    "cloth": """wool linen cotton silk leather velvet felt fur canvas flannel""",
    "stuff": """stone wood straw brick clay reeds mud turf timber granite branches moss""",
    "danger": """wolf bear snake storm flood fire eagle hunter thief pit trap giant dragon whirlpool lion boar
        robber avalanche troll witch swarm""",
    "tool": """saw hammer spade rake sickle needle rope knife shovel plane scythe loom anvil file mallet pitchfork
        wheelbarrow chisel trowel crowbar wedge""",
    "instrument": """fiddle flute drum harp pipe horn bell whistle lute bagpipe accordion""",
    "body": """hand foot head back arm shoulder knee ear nose tail finger leg chin elbow neck cheek""",
    "sky": """sun moon wind rain snow cloud thunder star fog frost storm hail lightning rainbow mist""",
    # when
    "season": "spring summer autumn winter",
    "month": "January February March April May June July August September October November December",
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "hour": "morning evening night afternoon day noon dawn dusk midnight sunset sunrise",
    "clock": "night noon dawn dusk midnight sunset sunrise",
    "ask": "asked asked wondered",
    "weather": """warm cold rainy windy bright gray hot stormy foggy sunny snowy frosty cloudy mild chilly damp fresh
        dry gloomy sultry still drizzly icy""",
    "unit": "day night week month hour year",
    "num": "two three four five six seven eight nine ten eleven twelve",
    "many": "twenty thirty forty fifty sixty seventy eighty ninety hundred",
    "ordinal": "second third fourth fifth sixth seventh",
    "color": """red white black green blue yellow brown gray golden silver purple crimson scarlet orange pink violet
        turquoise""",
    # what they did
    "went": """walked ran went hurried climbed crept wandered marched limped rode strolled trotted trudged rushed
        crawled raced skipped stumbled tiptoed traveled galloped sauntered scurried waddled""",
    "said": """said answered cried replied whispered called shouted laughed sighed grumbled muttered begged
        declared admitted murmured growled boasted groaned sobbed exclaimed snapped""",
    "saw": """saw found noticed met spotted discovered heard followed passed caught watched recognized glimpsed""",
    "took": """took carried lifted dragged pulled stole hid grabbed brought pushed borrowed snatched fetched hauled
        pocketed rolled wrapped""",
    "gesture": """smiled nodded laughed sighed frowned blushed bowed wept shrugged trembled blinked grinned yawned
        shivered winked stared coughed paused hesitated chuckled scowled whistled sneezed""",
    "chore": """fed watered swept washed mended counted cleaned painted milked repaired polished brushed oiled sorted
        gathered sharpened scrubbed patched dusted stacked""",
    "chored": """hens floors roofs pots cows windows fences stables shoes tools gardens shirts baskets goats walls nets
        lamps dishes sheep buckets geese ovens sacks carpets chimneys wagons""",
    "skill": """baking weaving singing fishing dancing carving sewing painting climbing swimming building cooking
        hunting spinning whistling plowing riding juggling wrestling rowing knitting fiddling mowing skating""",
    "toil": """dug sawed hammered scrubbed plowed carried chopped stitched kneaded raked swept shoveled mowed
        threshed polished lifted planted carved hauled weeded""",
    "dance": "sang danced feasted laughed cheered drank clapped rejoiced whistled celebrated",
    "virtue": """honesty patience kindness courage work wisdom friendship trust modesty care mercy generosity
        loyalty gratitude prudence humility charity truth thrift perseverance forgiveness diligence""",
    "vice": """pride greed envy anger haste vanity laziness lying boasting flattery idleness cruelty stubbornness
        selfishness theft gossip mockery carelessness revenge avarice""",
    "topic": """harvest weather price taxes wedding flood fair king war snow wolves mill bridge festival drought bells pilgrims hunt funeral""",
    "noise": """knocking scratching howling rattling moaning ringing creaking whispering humming thumping rustling
        buzzing sobbing hissing tapping scraping""",
    "like": """stone feather thunder mouse mountain king child bell leaf wolf mirror drum ghost arrow candle
        statue lamb whip snail barrel""",
    "simile": """cold quiet bright old quick soft heavy white light strong thin slow sharp pale
        round warm stiff""",
    "times": "once twice again often sometimes always never seldom",
    "ill": "fever cough sneezing headache chill toothache stomachache rash limp earache",
    "price": "coin penny shilling farthing ducat crown",
    "kin": """mother father sister brother aunt uncle cousin son daughter nephew niece wife husband godmother
        stepmother""",
    "bit": """piece sack handful bowl basket slice barrel cup pinch jar bundle crumb wagonload spoonful""",
    "rope": "rope root branch vine ladder stick chain scarf pole fishing-line",
    "fix": "nails glue thread wire pegs rivets string tar wax buckles",
    "game": "chess cards dice skittles marbles checkers hide-and-seek leapfrog tag hopscotch",
    "dream": "palace ship garden feast castle journey wedding throne carriage library fountain mountain circus",
    "clothes": "coat shirt boots cloak gloves hat shoes apron trousers cap stockings vest mittens belt tunic",
    "smell": "bread smoke roses fish onions hay rain leather apples soup pine garlic honey lavender mushrooms tar",
    "container": "bag sack box basket chest jar pocket barrel bucket drawer cupboard trunk pouch satchel hamper",
    "wild": """deer fox hare hawk boar squirrel snake beetle butterfly bee spider moth snail lizard bat salmon trout
        eel dragonfly grasshopper cricket ant wasp ladybird caterpillar newt""",
}

WORDS = {name: text.split() for name, text in _TEXT.items()}

# Answer first: the story gives it away at the end.
RIDDLES = [
    ("the wind", "What has no hands, yet opens every door"),
    ("the river", "What runs all day and never leaves its bed"),
    ("a shadow", "What follows you in the sun and leaves you in the dark"),
    ("tomorrow", "What is always coming but never comes"),
    ("an egg", "What is a white house without a door"),
    ("a candle", "What grows shorter the longer it stands"),
    ("silence", "What is broken as soon as you name it"),
    ("a needle", "What has one eye and cannot see"),
    ("the snow", "What falls all night and is never hurt"),
    ("a clock", "What has two hands and no fingers"),
    ("a bell", "What has a tongue and no words"),
    ("smoke", "What climbs over the roof without a ladder"),
    ("a book", "What has many leaves but is not a tree"),
    ("the moon", "What grows fat and thin again every month"),
    ("a secret", "What can you keep only if you do not give it away"),
    ("an echo", "What answers every voice and has no mouth"),
    ("a hole", "What grows bigger the more you take away"),
    ("sleep", "What comes to the king and the beggar and asks no price"),
    ("the fire", "What eats everything and dies when it drinks"),
    ("a name", "What belongs to you but is used more by your friends"),
]
