"""Names of England, and of all who came long ago."""

from __future__ import annotations

from sandboxctl.data.people.community import Community, words

ENGLISH = Community(
    shares=(805, 775, 690, 610, 600, 580),
    female=words(
        "Margaret Dorothy Joan Mary Jean Joyce Doris Barbara Kathleen Sheila Patricia Audrey "
        "Irene Edith Phyllis Marjorie Betty Winifred Gladys Vera Hilda Elsie Ethel Florence "
        "Muriel Beryl Brenda Maureen Eileen Nora Olive Mavis Enid Freda Nellie Sylvia",
        "Susan Margaret Christine Patricia Linda Jean Ann Janet Carol Barbara Pauline Maureen "
        "Sandra Jennifer Judith Valerie Marilyn Gillian Lesley Jacqueline Hilary Rosemary "
        "Elizabeth Kathleen Sheila Wendy Marion Glenys Denise Lynne Penelope Josephine Anne-Marie "
        "Frances",
        "Susan Julie Karen Jacqueline Deborah Tracey Jane Helen Diane Sharon Tracy Angela Sarah "
        "Alison Caroline Amanda Sandra Linda Catherine Elizabeth Carol Joanne Wendy Janet Dawn "
        "Nicola Lorraine Beverley Michelle Paula Samantha Mandy Heather Ruth Anne-Marie Lesley",
        "Sarah Claire Emma Laura Rebecca Gemma Rachel Kelly Victoria Katherine Lisa Nicola "
        "Michelle Louise Samantha Jennifer Hannah Amy Joanne Natalie Kerry Zoë Leanne Stacey "
        "Charlotte Lucy Kirsty Hayley Donna Helen Jodie Naomi Ruth Anna-Louise Kelly-Marie Chloë",
        "Jessica Charlotte Lauren Rebecca Sophie Emily Emma Hannah Chloe Bethany Megan Georgia "
        "Amy Katie Lucy Olivia Shannon Ellie Eleanor Alice Jasmine Danielle Paige Abigail Molly "
        "Courtney Holly Jade Chelsea Grace Francesca Amber Zoë Ella-Mae Harriet Phoebe",
        "Olivia Amelia Isla Ava Emily Ella Poppy Lily Mia Sophie Grace Freya Evie Ivy Florence "
        "Isabella Willow Charlotte Daisy Rosie Elsie Sienna Phoebe Matilda Evelyn Harper Millie "
        "Ruby Alice Lily-Rose Maisie Penelope Ella-Rose Amelie Esmé Beatrice Chloé Zoë",
    ),
    male=words(
        "John William Ronald George Kenneth James Robert Dennis Arthur Thomas Peter Leslie Harold "
        "Frederick Albert Raymond Eric Stanley Ernest Reginald Norman Walter Charles Douglas "
        "Cyril Gordon Bernard Sidney Herbert Alfred Percy Wilfred Donald Leonard Roy Derek",
        "David John Peter Michael Alan Robert Brian Anthony Stephen William Richard Roger Keith "
        "Barry Colin Graham Roy Christopher Raymond Terence Malcolm Geoffrey Derek Trevor Clive "
        "Philip Dennis Martin Paul Kenneth Patrick Leslie Ronald Neville Rodney Nigel",
        "David Paul Andrew Mark Stephen Michael Ian Robert Peter John Gary Richard Simon Kevin "
        "Christopher Neil Anthony Nigel Martin Philip Graham Steven Timothy Darren Jonathan "
        "Adrian Stuart Wayne Nicholas Jeremy Carl Dean Russell Julian Trevor Keith",
        "Christopher James David Daniel Michael Matthew Andrew Richard Paul Mark Thomas Adam "
        "Robert John Lee Benjamin Steven Jonathan Craig Joseph Stephen Simon Scott Luke Gareth "
        "Ryan Stuart Nicholas Jamie Alexander Karl Shaun Wayne Ashley Dean Toby Jean-Paul",
        "Thomas James Jack Daniel Matthew Joshua Ryan Luke Samuel Jordan Adam Alexander Benjamin "
        "Joseph Liam Jake William Callum Lewis Michael Connor Nathan Bradley Kieran Charles "
        "George Harry Oliver Dominic Elliot Aaron Kyle Reece Max Edward Zachary",
        "Oliver George Harry Noah Jack Leo Arthur Oscar Charlie Henry Freddie Theodore Archie "
        "William Thomas Alfie Jacob Joshua James Finley Lucas Alexander Isaac Teddy Edward "
        "Harrison Logan Max Albie Reuben Sebastian Toby Riley Ezra Jude Tommy-Lee André",
    ),
    surnames=words(
        "Smith Taylor Brown Wilson Johnson Robinson Wright Thompson Walker Jones White Green Hall "
        "Wood Williams Jackson Clarke Harris Clark Davies Turner Hill Moore Cooper Evans Ward "
        "Morris Baker Harrison Thomas Martin King Allen Lee Roberts Watson Parker Cook Bennett "
        "Lewis Young Shaw Richardson Carter Hughes Bailey Mitchell Anderson Bell Edwards Collins "
        "Marshall Adams Cox Lloyd Richards Webb Simpson Mills Powell Rogers Miller Davis Barnes "
        "Phillips Knight Butler Palmer Dixon James Foster Chapman Mason Hunt Jenkins Holmes "
        "Russell Barker Matthews Stevens Gibson Fisher Rose Elliott Ellis Fletcher Payne Saunders "
        "Reynolds Pearson Hudson Ford Day Dean West Hart Brooks Gardner Spencer Lawson Booth "
        "Armstrong Newton Page Webster Grant Lowe Walsh Lane Burton Carr Harvey Berry Andrews "
        "Bradley Cole Ball Atkinson Burgess Hawkins Nicholson Perry Harper Lawrence Bates Porter "
        "Hopkins Reid Parsons Read Watts Wells Long Stone Frost Bird Pratt Reeves Norris French "
        "Warren Kemp Barrett Fox Gregory Hayes Potter Nash Sutton Francis Bishop Goodwin Gilbert "
        "Howard Cross Peters Fuller Manning Slater Sharp Rowe Dawson Wheeler Hammond Barton "
        "Curtis Franklin Osborne Haynes Sykes Whitehead Thorpe Hodgson Metcalfe Tyler Poole "
        "Austin Horton Winter Bolton Ashworth Entwistle Hardcastle Ramsbottom Pickles Barraclough "
        "Sutcliffe Greenwood Holroyd Micklethwaite Braithwaite Postlethwaite Shufflebottom "
        "Higginbottom Longbottom Featherstonehaugh Cholmondeley Marjoribanks Fothergill "
        "Trelawney Penhaligon Tregenza Trevithick Nancarrow Polkinghorne Bosanquet "
        "Fairweather Gathercole Lillywhite Nightingale Wolstenholme Throckmorton Thistlethwaite "
        "Blenkinsop Ffoulkes Brontë D'Arcy D'Oyly St_John St-Clair"
    )[0],
    rare_surnames=words(
        "Featherstonehaugh-Cholmondeley Wolstenholme-Throckmorton-Smythe "
        "Fotherington-Thistlethwaite-Jones Micklethwaite-Postlethwaite-Hall "
        "Shufflebottom-Entwistle-Ramsbottom Bartholomew-Higginbottom-Clarke"
    )[0],
    flat=14,
    doubled=160,
)
